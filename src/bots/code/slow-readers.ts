import { rateLimited } from '../../kernel/admission.js';

/** How long a time-out is remembered. */
const REMEMBERED_MS = 10 * 60_000;
/** An account with this many remembered time-outs can have no source read until the oldest is forgotten. */
const MAX_TIME_OUTS = 5;

/**
 * Accounts whose sources took too long to read. Their next sources wait longer, and after too many they are refused.
 */
export class SlowReaders {
  private readonly timeOuts = new Map<string, number[]>();

  /** A source of the account used up its time and was not read. */
  tookTooLong(account: string, now: number) {
    const recent = [...this.recent(account, now), now];
    // Deleted and set again, so that the accounts with the oldest time-outs come first.
    this.timeOuts.delete(account);
    this.timeOuts.set(account, recent);
    for (const [other] of this.timeOuts) {
      if (this.recent(other, now).length > 0) return;
      this.timeOuts.delete(other);
    }
  }

  /** Whether a source of the account took too long recently. */
  has(account: string, now: number): boolean {
    return this.recent(account, now).length > 0;
  }

  /** Throws RATE_LIMIT if the account had too many time-outs recently. */
  assertMayRead(account: string, now: number) {
    const recent = this.recent(account, now);
    const [oldest] = recent.slice(-MAX_TIME_OUTS);
    if (oldest === undefined || recent.length < MAX_TIME_OUTS) return;
    const retryMs = oldest + REMEMBERED_MS - now;
    throw rateLimited('code-readings', retryMs, `policy code-readings: reading ${MAX_TIME_OUTS} sources took too long`);
  }

  private recent(account: string, now: number): number[] {
    return (this.timeOuts.get(account) ?? []).filter((at) => now - at < REMEMBERED_MS);
  }
}
