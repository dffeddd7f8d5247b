import { rateLimited } from '../../kernel/admission.js';
import { ThreadError } from '../../runtime/deadline-thread.js';
import { FairThreads } from '../../runtime/fair-threads.js';
import type { BotRefusal } from './bot-refusal.js';
import type { InlineBot, ReadBot } from './inline-bot.js';
import { SlowReaders } from './slow-readers.js';

/** An ordinary source is read in milliseconds, on a busy machine in a few times that. */
const QUICK_MS = 500;
/** The total time for a source that is not read at the first attempt. */
const SLOW_MS = 3_000;
/** One account may use all threads but one. */
const THREADS = 2;
/** The maximum for all accounts together, because waiting sources are kept in memory. */
const MAX_WAITING = 1_000;

const THREAD = {
  env: {},
  execArgv: [],
  resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 8 },
};

export type ReadAnswer = { readonly read: ReadBot } | { readonly refused: BotRefusal };

/**
 * Reads sources of users, each with a short time limit first. A source that exceeds it is read again from the start
 * with more time, in a separate queue for such sources; so a slow source delays others by at most half a second.
 * Accounts take turns in both queues. Sources of an account that recently had a time-out go directly to the second
 * queue.
 */
export class SourceReading {
  private readonly quick: FairThreads<InlineBot, ReadAnswer>;
  private readonly slow: FairThreads<InlineBot, ReadAnswer>;
  private readonly slowReaders = new SlowReaders();

  /** `now` returns the time in milliseconds. */
  constructor(
    file: URL,
    private readonly now: () => number,
  ) {
    this.quick = new FairThreads(file, THREAD, THREADS);
    this.slow = new FairThreads(file, THREAD, THREADS);
  }

  /**
   * Rejects with a ThreadFailure if the source cannot be read, with RATE_LIMIT if the account has too many time-outs.
   */
  async read(account: string, given: InlineBot): Promise<ReadAnswer> {
    const assertMayRead = () => this.slowReaders.assertMayRead(account, this.now());
    assertMayRead();
    try {
      const isSlow = this.slowReaders.has(account, this.now());
      return (
        (isSlow ? undefined : await ask(this.quick, account, given, QUICK_MS, assertMayRead).catch(undefinedIfLate)) ??
        (await ask(this.slow, account, given, SLOW_MS, assertMayRead))
      );
    } catch (error) {
      if (error instanceof ThreadError) this.slowReaders.tookTooLong(account, this.now());
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.quick.stop(), this.slow.stop()]);
  }
}

async function ask(
  threads: FairThreads<InlineBot, ReadAnswer>,
  account: string,
  given: InlineBot,
  ms: number,
  assertMayRead: () => void,
): Promise<ReadAnswer> {
  if (threads.length >= MAX_WAITING) throw rateLimited('code-readings', SLOW_MS);
  return threads.ask(account, given, ms, assertMayRead);
}

function undefinedIfLate(error: unknown): undefined {
  if (error instanceof ThreadError && error.reason === 'late') return undefined;
  throw error;
}
