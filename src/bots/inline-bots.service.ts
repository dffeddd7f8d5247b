import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { callingAccount, hold } from '../kernel/admission.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import { ThreadFailure } from '../runtime/deadline-thread.js';
import type { InlineBot, ReadBot } from './inline-bot.js';
import { SourceReading } from './source-reading.js';

/** Reads strangers' code in threads of their own, because a source can be written to take for ever to parse. */
@Injectable()
export class InlineBots implements OnApplicationShutdown {
  private readonly reading: SourceReading;

  constructor(clock: Clock) {
    this.reading = new SourceReading(new URL('./inline-bot.worker.js', import.meta.url), () => clock.now());
  }

  /** The bot, for the account whose request this is; or a DomainError that says why it is none. */
  async read(given: InlineBot): Promise<ReadBot> {
    // One account's sources must not fill the memory while they wait.
    const release = hold('code-readings');
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
  if (!(error instanceof ThreadFailure)) throw error;
  const why = error.reason === 'late' ? 'takes too long' : 'is too much';
  throw new DomainError('BOT_INVALID', `the code ${why} to read`);
}
