import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { hold, tooMuch } from '../kernel/admission.js';
import { DomainError } from '../kernel/errors.js';
import { DeadlineThread, ThreadFailure } from '../runtime/deadline-thread.js';
import type { BotRefusal } from './bot-refusal.js';
import type { InlineBot, ReadBot } from './inline-bot.js';

/** Any source somebody writes to be read takes milliseconds. */
const READ_MS = 3_000;
const MOST_WAITING = 50;

type Answer = { readonly read: ReadBot } | { readonly refused: BotRefusal };

/** Reads strangers' code in a thread of its own, because a source can be written to take for ever to parse. */
@Injectable()
export class InlineBots implements OnApplicationShutdown {
  private readonly thread = new DeadlineThread<InlineBot, Answer>(new URL('./inline-bot.worker.js', import.meta.url), {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 8 },
  });

  async read(given: InlineBot): Promise<ReadBot> {
    if (this.thread.length >= MOST_WAITING) throw tooMuch('code-readings', READ_MS);
    // One account's slow sources must not take every place.
    const release = hold('code-readings');
    const answer = await this.thread.ask(given, READ_MS).catch(refused).finally(release);
    if ('read' in answer) return answer.read;
    const { code, detail, facts } = answer.refused;
    throw new DomainError(code, detail, facts);
  }

  async onApplicationShutdown() {
    await this.thread.stop();
  }
}

function refused(error: unknown): never {
  if (!(error instanceof ThreadFailure)) throw error;
  const why = error.reason === 'late' ? 'takes too long' : 'is too much';
  throw new DomainError('BOT_INVALID', `the code ${why} to read`);
}
