import { setImmediate } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ChannelAccess } from '../../channels/channel-access.service.js';
import { inBackground } from '../../kernel/background.js';
import { Database } from '../../platform/database/database.js';
import { CompactRange } from '../tree/compact-range.js';
import { ChangedLogs } from './changed-logs.js';
import { LeafSource } from './leaf-source.js';
import { isRefusal, logChanged } from './log-errors.js';
import { ServerLeaves, type StoredHead } from './server-leaves.js';

/** How many of the newest leaves of the server-wide log are looked at, and how many entries are computed again at most. */
const MAX_LEAVES = 1_000;
const MAX_ENTRIES = 20_000;
const PAGE = 200;

/**
 * After each start, computes the checkpoints of the channels that were signed last again from their entries, so that a
 * database that was edited by hand is noticed. It runs beside everything else, a few entries at a time.
 */
@Injectable()
export class SpotCheck implements OnApplicationBootstrap, OnModuleDestroy {
  private work: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly leaves: ServerLeaves,
    private readonly entries: LeafSource,
    private readonly changed: ChangedLogs,
  ) {}

  onApplicationBootstrap() {
    this.work = this.check();
    inBackground('checking the log against its checkpoints', this.work);
  }

  async onModuleDestroy() {
    this.isStopping = true;
    await this.work.catch(() => undefined);
  }

  private async check() {
    let entriesLeft = MAX_ENTRIES;
    for (const head of await this.leaves.newestHeads(this.database.read, MAX_LEAVES)) {
      if (this.isStopping || entriesLeft < head.size) return;
      entriesLeft -= head.size;
      const { channel } = await this.access.now(this.database.read, head.channelId);
      if (channel && channel.retiredAt === null) await this.checkOne(head);
    }
  }

  private async checkOne({ channelId, size, root }: StoredHead) {
    try {
      const range = CompactRange.empty();
      while (range.size < size && !this.isStopping) {
        const page = await this.entries.recomputed(channelId, range.size, Math.min(PAGE, size - range.size));
        if (!page.length) throw logChanged(`${channelId} has fewer entries than its checkpoint`);
        for (const hash of page) range.append(hash);
        await setImmediate();
      }
      if (range.size === size && !range.root.equals(root))
        throw logChanged(`the entries of ${channelId} differ from its checkpoint`);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.changed.add(channelId, error.detail ?? '');
    }
  }
}
