import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import type { DueHook } from './due-hooks.js';
import { logWhileOverdue } from './overdue.js';
import { type CommitResult, Runs } from './runs.service.js';

/** After this many attempts that ended with an exception, a hook is committed as failed. */
const MAX_ATTEMPTS = 3;

/** Performs due hooks and counts the attempts, so that a hook that can never be committed does not block its bot. */
@Injectable()
export class HookAttempts {
  private readonly begun = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly runs: Runs,
    @Inject(LOG) private readonly logger: Log,
  ) {}

  /** Throws if the hook could not be committed; the caller tries again. */
  async perform(attachment: Attachment, due: DueHook, serverStops: AbortSignal): Promise<CommitResult> {
    const { channelId: channel, botId: bot } = attachment;
    const fields = { channel, bot, hook: due.call.hook, event_seq: due.event.seq };
    return logWhileOverdue(this.logger, fields, () => this.attempt(attachment, due, serverStops));
  }

  private async attempt(attachment: Attachment, { event, call, isRefused }: DueHook, serverStops: AbortSignal) {
    const key = `${attachment.channelId} ${attachment.botId} ${event.seq}`;
    const attempt = (this.begun.get(key) ?? 0) + 1;
    this.begun.set(key, attempt);
    const run = () => {
      if (isRefused) return this.runs.refuse(attachment, event, call);
      if (attempt > MAX_ATTEMPTS) return this.runs.giveUp(attachment, event, call);
      return this.runs.perform(attachment, event, call, serverStops);
    };
    const outcome = await run().catch((error) => {
      // Without the database nothing can be committed, so the hook is not to blame.
      if (this.database.isLost(error)) this.begun.set(key, attempt - 1);
      throw error;
    });
    this.begun.delete(key);
    return outcome;
  }
}
