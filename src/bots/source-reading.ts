import { tooMuch } from '../kernel/admission.js';
import { ThreadFailure } from '../runtime/deadline-thread.js';
import { FairThreads } from '../runtime/fair-threads.js';
import type { BotRefusal } from './bot-refusal.js';
import type { InlineBot, ReadBot } from './inline-bot.js';
import { SlowReaders } from './slow-readers.js';

/** A source that somebody writes to be read takes milliseconds; on a machine with much to do, a few times that. */
const QUICK_MS = 500;
/** What a source may take in all where it is not read at once. */
const SLOW_MS = 3_000;
/** One account may ask with all threads but one. */
const THREADS = 2;
/** Whatever the limits of accounts are: what waits is kept in memory. */
const MAX_WAITING = 1_000;

const THREAD = {
  env: {},
  execArgv: [],
  resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 8 },
};

export type Answer = { readonly read: ReadBot } | { readonly refused: BotRefusal };

/**
 * Reads strangers' sources, each tried for a short time first. What is not read by then is read again from the start where
 * only such sources wait, with more time; so a source that is written to take long costs others half a second at most.
 * Accounts take turns in both places, and whoever had one that took too long goes to the second place at once.
 */
export class SourceReading {
  private readonly quick: FairThreads<InlineBot, Answer>;
  private readonly slow: FairThreads<InlineBot, Answer>;
  private readonly slowReaders = new SlowReaders();

  /** `now` tells the time in milliseconds. */
  constructor(
    file: URL,
    private readonly now: () => number,
  ) {
    this.quick = new FairThreads(file, THREAD, THREADS);
    this.slow = new FairThreads(file, THREAD, THREADS);
  }

  /** Rejects with a ThreadFailure where the source cannot be read, with RATE_LIMIT where the account asks too much. */
  async read(account: string, given: InlineBot): Promise<Answer> {
    const assertMayRead = () => this.slowReaders.assertMayRead(account, this.now());
    assertMayRead();
    try {
      const isSlow = this.slowReaders.has(account, this.now());
      return (
        (isSlow ? undefined : await ask(this.quick, account, given, QUICK_MS, assertMayRead).catch(unlessLate)) ??
        (await ask(this.slow, account, given, SLOW_MS, assertMayRead))
      );
    } catch (error) {
      if (error instanceof ThreadFailure) this.slowReaders.tookTooLong(account, this.now());
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.quick.stop(), this.slow.stop()]);
  }
}

async function ask(
  threads: FairThreads<InlineBot, Answer>,
  account: string,
  given: InlineBot,
  ms: number,
  assertMayRead: () => void,
): Promise<Answer> {
  if (threads.length >= MAX_WAITING) throw tooMuch('code-readings', SLOW_MS);
  return threads.ask(account, given, ms, assertMayRead);
}

function unlessLate(error: unknown): undefined {
  if (error instanceof ThreadFailure && error.reason === 'late') return undefined;
  throw error;
}
