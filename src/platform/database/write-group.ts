/** How many writes share a commit at most. */
const MAX_WRITES = 64;

/** The writes that share a transaction, and so its outcome. */
export class WriteGroup {
  private readonly began = performance.now();
  private readonly over: Promise<void>;
  private resolve!: () => void;
  private reject!: (error: unknown) => void;
  /** The number of writes that were begun. */
  writes = 0;
  /** Whether it is going to be committed after the current turn of the event loop. */
  isWatched = false;

  /** A group is full after `maxMs`, because its first write waits for the others. */
  constructor(private readonly maxMs: number) {
    this.over = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  get isFull(): boolean {
    return this.writes >= MAX_WRITES || performance.now() - this.began >= this.maxMs;
  }

  /** Calls `follow` and resolves once the group is committed. What waits for one group follows in the order of the calls. */
  async afterCommit<T>(result: T, follow: () => void): Promise<T> {
    await this.over;
    follow();
    return result;
  }

  /** Rejects with `error` once the group is over, whatever its outcome is. */
  async afterwards(error: unknown): Promise<never> {
    await this.over.catch(() => undefined);
    throw error;
  }

  succeed() {
    this.resolve();
  }

  fail(error: unknown) {
    this.reject(error);
  }
}
