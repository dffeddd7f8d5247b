import { inBackground } from '../../kernel/background.js';
import { Backoff } from './backoff.js';
import type { Harness } from './container-options.js';
import type { Sandbox } from './sandbox.js';

/** Starts a sandbox that is not bound to a bot. */
export type StartSandbox = (harness: Harness) => Promise<Sandbox>;

/** How many containers start at once: more concurrent starts make each of them slower. */
const STARTS_AT_ONCE = 2;

const HARNESSES: readonly Harness[] = ['node', 'python'];

/**
 * Started sandboxes that are not bound to a bot, so that the first hook of a bot need not wait for a start. The pool is
 * refilled in the background; after failures of the engine the delay between attempts increases.
 */
export class SandboxPool {
  private readonly idle: Record<Harness, Sandbox[]> = { node: [], python: [] };
  private readonly starting: Record<Harness, number> = { node: 0, python: 0 };
  private readonly backoff = new Backoff();
  private readonly adding = new Set<Promise<void>>();
  private retry?: NodeJS.Timeout;
  private isClosed = false;

  constructor(
    private readonly size: number,
    private readonly startOne: StartSandbox,
    /** Reserves a place for a sandbox; false if there is none. */
    private readonly reserve: () => boolean,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** The number of ready sandboxes by harness. */
  get ready(): Record<Harness, number> {
    return { node: this.idle.node.length, python: this.idle.python.length };
  }

  /** Whether starts keep failing, so that trying another one now is useless. */
  get isFailing(): boolean {
    return this.backoff.isOpen();
  }

  get isSick(): boolean {
    return this.backoff.isSick;
  }

  /** Removes and returns a started sandbox, or undefined. */
  take(harness: Harness): Sandbox | undefined {
    let sandbox = this.idle[harness].shift();
    // A sandbox that has just ended is listed until it is removed.
    while (sandbox && !sandbox.isUsable) sandbox = this.idle[harness].shift();
    this.fill();
    return sandbox;
  }

  /** Starts a sandbox for a hook that waits for it. */
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

  /** Removes a started sandbox so that another can be started in its place. */
  evictIdle(): Sandbox | undefined {
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
    // Sandboxes that are still starting are destroyed when they are ready.
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
      // Already reported; the next attempt comes later.
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
