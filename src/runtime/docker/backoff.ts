const FIRST_MS = 200;
const MOST_MS = 30_000;
/** Fewer failures in a row than this are bad luck. */
const TOLERATED = 3;

/** When to try again what keeps failing: later each time, so that a sick engine is not asked more and more. */
export class Backoff {
  private failures = 0;
  private until = 0;

  /** Whether so much has failed lately that trying now is no use. */
  isOpen(now = performance.now()): boolean {
    return this.failures >= TOLERATED && now < this.until;
  }

  /** Whether it has failed again and again, and not gone well since. */
  get isSick(): boolean {
    return this.failures >= TOLERATED;
  }

  /** How long to wait before the next try. */
  waitMs(now = performance.now()): number {
    return Math.max(0, this.until - now);
  }

  failed(now = performance.now()) {
    this.failures += 1;
    this.until = now + Math.min(MOST_MS, FIRST_MS * 2 ** (this.failures - 1));
  }

  succeeded() {
    this.failures = 0;
    this.until = 0;
  }
}
