import { Injectable } from '@nestjs/common';
import type { Attachment } from '../attachments/attachment.entity.js';
import { BotReadiness } from './bot-readiness.js';
import { DueHooks } from './due-hooks.js';
import { HookAttempts } from './hook-attempts.js';
import { OwnBots } from './own-bots.service.js';
import { Progress } from './progress.js';

/** A bot whose hooks are to be run. */
export type DispatchedBot = Pick<Attachment, 'channelId' | 'botId'>;

/** Brings one bot up to date with its log: runs its due hooks one after another, in log order. */
@Injectable()
export class BotCatchUp {
  constructor(
    private readonly bots: OwnBots,
    private readonly dueHooks: DueHooks,
    private readonly readiness: BotReadiness,
    private readonly attempts: HookAttempts,
    private readonly progress: Progress,
  ) {}

  /**
   * Ends when no hook is due, the bot is held, or the server stops. `unavailable`: there is no place to run the due
   * hook. It stays due, calls no longer wait for the bot, and the caller of this method tries again later.
   */
  async run({ channelId, botId }: DispatchedBot, serverStops: AbortSignal): Promise<'done' | 'unavailable'> {
    while (!serverStops.aborted) {
      const attachment = await this.bots.find({ channelId, botId });
      if (attachment === 'elsewhere') return 'done';
      if (attachment === 'released') {
        this.progress.forget({ channelId, botId });
        return 'done';
      }
      const outcome = attachment.pausedAt === null ? await this.runNext(attachment, serverStops) : 'held';
      if (outcome === 'again') continue;
      if (outcome !== 'caught up') this.progress.hold(attachment);
      return outcome === 'unavailable' ? outcome : 'done';
    }
    return 'done';
  }

  /** Runs the next due hook, if any. `again`: the bot has changed, or another hook may be due. */
  private async runNext(attachment: Attachment, serverStops: AbortSignal) {
    const after = Math.max(attachment.cursor, this.progress.of(attachment));
    const { due, upTo } = await this.dueHooks.next(attachment, after);
    const readiness = due ? await this.readiness.of(attachment) : 'ready';
    if (readiness === 'held') return 'held';
    if (readiness === 'just tried') return 'again';
    this.progress.resume(attachment);
    const outcome = due ? await this.attempts.perform(attachment, due, serverStops) : 'committed';
    if (outcome === 'unavailable') return 'unavailable';
    if (outcome === 'stale') return 'again';
    this.progress.reached(attachment, upTo);
    return due ? 'again' : 'caught up';
  }
}
