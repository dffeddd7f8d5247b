const FIRST_MS = 200;
const MAX_MS = 30_000;
/** The number of consecutive failures before waiting starts. */
const TOLERATED = 3;

/** Exponential backoff for an operation that keeps failing, so that a failing container engine is not overloaded. */
export class Backoff {
  private failures = 0;
  private until = 0;

  /** Whether to wait before the next attempt. */
  isOpen(now = performance.now()): boolean {
    return this.failures >= TOLERATED && now < this.until;
  }

  /** Whether it has failed repeatedly without a success since. */
  get isSick(): boolean {
    return this.failures >= TOLERATED;
  }

  /** The time until the next attempt, in milliseconds. */
  waitMs(now = performance.now()): number {
    return Math.max(0, this.until - now);
  }

  failed(now = performance.now()) {
    this.failures += 1;
    this.until = now + Math.min(MAX_MS, FIRST_MS * 2 ** (this.failures - 1));
  }

  succeeded() {
    this.failures = 0;
    this.until = 0;
  }
}
