import { Injectable } from '@nestjs/common';
import { inBackground } from '../../kernel/background.js';
import { ENTRY, readEntrySignal } from '../../messaging/remote-entries.service.js';
import { Processes } from '../../platform/database/processes.service.js';
import { Signals } from '../../platform/database/signals.js';
import { Dispatcher } from './dispatcher.service.js';
import { HookClaims } from './hook-claims.service.js';
import { Timers } from './timers.service.js';

/** Starts the hooks that are due because of other processes: because of what they have added, and because they died. */
@Injectable()
export class RemoteWork {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly claims: HookClaims,
    private readonly timers: Timers,
    signals: Signals,
    processes: Processes,
  ) {
    signals.on(ENTRY, (text) => {
      const { channelId } = readEntrySignal(text);
      if (this.claims.isIn(channelId)) this.dispatcher.wake(channelId);
    });
    signals.onGap(() => {
      this.wake(this.claims.ownChannels);
      this.lookForOrphans();
    });
    processes.onBeat(() => this.lookForOrphans());
  }

  /** Bots and timers of processes that are gone. */
  private lookForOrphans() {
    inBackground(
      'looking for work',
      this.claims.orphaned().then((channelIds) => this.wake(channelIds)),
    );
    inBackground('looking for timers', this.timers.schedule());
  }

  private wake(channelIds: readonly string[]) {
    for (const channelId of channelIds) this.dispatcher.wake(channelId);
  }
}
