import { inBackground } from '../../kernel/background.js';
import { Backoff } from './backoff.js';
import type { Harness } from './container-options.js';
import type { Sandbox } from './sandbox.js';

/** Starts a sandbox of nobody's yet. */
export type Start = (harness: Harness) => Promise<Sandbox>;

/** More at once make each of them slower than one after another. */
const STARTS_AT_ONCE = 2;

const HARNESSES: readonly Harness[] = ['node', 'python'];

/**
 * Started sandboxes that belong to nobody yet, so that a bot's first hook does not wait for a start. Refilled in the
 * background while there is room; when the engine fails, tried again later and later.
 */
export class Pool {
  private readonly idle: Record<Harness, Sandbox[]> = { node: [], python: [] };
  private readonly starting: Record<Harness, number> = { node: 0, python: 0 };
  private readonly backoff = new Backoff();
  private readonly adding = new Set<Promise<void>>();
  private retry?: NodeJS.Timeout;
  private isClosed = false;

  constructor(
    private readonly size: number,
    private readonly startOne: Start,
    /** Takes a place for one more; false where there is none to spare. */
    private readonly reserve: () => boolean,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Ready ones, by harness. */
  get ready(): Record<Harness, number> {
    return { node: this.idle.node.length, python: this.idle.python.length };
  }

  /** Trying to start another now is no use. */
  get isFailing(): boolean {
    return this.backoff.isOpen();
  }

  get isSick(): boolean {
    return this.backoff.isSick;
  }

  /** A started sandbox, or undefined when none is there. */
  take(harness: Harness): Sandbox | undefined {
    let sandbox = this.idle[harness].shift();
    // One that just died is still listed until nothing is left of it.
    while (sandbox && !sandbox.isUsable) sandbox = this.idle[harness].shift();
    this.fill();
    return sandbox;
  }

  /** One that is started now, for a hook that waits for it. */
  async start(harness: Harness): Promise<Sandbox> {
    try {
      const sandbox = await this.startOne(harness);
      this.backoff.succeeded();
      return sandbox;
    } catch (error) {
      this.backoff.failed();
      this.onFailure(error);
      throw error;
    }
  }

  /** Gives up a started one, so that another can be started in its place. */
  sacrifice(): Sandbox | undefined {
    const harness = HARNESSES.find((each) => this.idle[each].length > 0);
    return harness && this.idle[harness].pop();
  }

  fill() {
    if (this.isClosed || this.size === 0) return;
    if (this.backoff.waitMs() > 0) return this.fillLater();
    for (const harness of HARNESSES) {
      const isShort = () => this.idle[harness].length + this.starting[harness] < this.size;
      while (isShort() && this.starting.node + this.starting.python < STARTS_AT_ONCE && this.reserve()) {
        const adding = this.add(harness).finally(() => this.adding.delete(adding));
        this.adding.add(adding);
      }
    }
  }

  async close() {
    this.isClosed = true;
    clearTimeout(this.retry);
    // Those on their way are destroyed when they arrive.
    await Promise.all(this.adding);
    await Promise.all(HARNESSES.flatMap((harness) => this.idle[harness].splice(0)).map((sandbox) => sandbox.destroy()));
  }

  private async add(harness: Harness) {
    this.starting[harness] += 1;
    try {
      const sandbox = await this.start(harness);
      if (this.isClosed) return await sandbox.destroy();
      this.idle[harness].push(sandbox);
      const missed = sandbox.gone.then(() => {
        this.idle[harness] = this.idle[harness].filter((other) => other !== sandbox);
        this.fill();
      });
      inBackground('filling the pool', missed);
    } catch {
      // Told already; the next try comes later.
    } finally {
      this.starting[harness] -= 1;
      this.fill();
    }
  }

  private fillLater() {
    if (this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.fill();
    }, this.backoff.waitMs());
    this.retry.unref();
  }
}
