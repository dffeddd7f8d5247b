import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { BotReplies } from '../../channels/bot-replies.js';
import { History } from '../../messaging/history.js';
import { Database } from '../../platform/database/database.js';
import { Attachments } from '../attachments/attachments.service.js';
import { Progress } from './progress.js';

/** Waits until the bots of a channel have processed an entry. */
@Injectable()
export class DispatchedReplies extends BotReplies implements OnModuleDestroy {
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly attachments: Attachments,
    private readonly history: History,
    private readonly progress: Progress,
  ) {
    super();
  }

  /** When the server stops, waiting calls are answered with the messages so far. */
  onModuleDestroy() {
    this.isStopping = true;
    this.progress.notifyAll();
  }

  protected async untilSettled(channelId: string, seq: number, signal: AbortSignal) {
    while (!signal.aborted && !this.isStopping) {
      const nextProgress = this.progress.next(channelId, signal);
      try {
        const bots = await this.attachments.atWorkIn(this.database.read, channelId);
        if (bots.every((bot) => this.progress.isHeld(bot) || Math.max(bot.cursor, this.progress.of(bot)) >= seq))
          return;
        await nextProgress.arrived;
      } finally {
        nextProgress.cancel();
      }
    }
  }

  protected async untilCaughtUp(channelId: string, signal: AbortSignal) {
    await this.untilSettled(channelId, await this.history.head(this.database.read, channelId), signal);
  }
}
