import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { callingAccount, holdSlot } from '../../kernel/admission.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { ThreadError } from '../../runtime/deadline-thread.js';
import type { InlineBot, ReadBot } from './inline-bot.js';
import { SourceReading } from './source-reading.js';

/** Reads the code of users in separate threads, because a source can be written so that parsing it never ends. */
@Injectable()
export class InlineBots implements OnApplicationShutdown {
  private readonly reading: SourceReading;

  constructor(clock: Clock) {
    this.reading = new SourceReading(new URL('./inline-bot.worker.js', import.meta.url), () => clock.now());
  }

  /** Reads the bot for the account that makes the request. Throws a DomainError if it is invalid. */
  async read(given: InlineBot): Promise<ReadBot> {
    // A limit for each account, because waiting sources are kept in memory.
    const release = holdSlot('code-readings');
    const answer = await this.reading.read(callingAccount(), given).catch(refused).finally(release);
    if ('read' in answer) return answer.read;
    const { code, detail, facts } = answer.refused;
    throw new DomainError(code, detail, facts);
  }

  async onApplicationShutdown() {
    await this.reading.stop();
  }
}

function refused(error: unknown): never {
  if (!(error instanceof ThreadError)) throw error;
  const why = error.reason === 'late' ? 'takes too long' : 'needs too many resources';
  throw new DomainError('BOT_INVALID', `reading the code ${why}`);
}
