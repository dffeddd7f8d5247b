import { tooMuch } from '../kernel/admission.js';

/** Time-outs are remembered for so long. */
const REMEMBERED_MS = 10 * 60_000;
/** An account whose sources took too long so often within that time has none read until the oldest is forgotten. */
const MAX_TIME_OUTS = 5;

/** Accounts whose sources took too long to read. They pay for it: their next ones wait longer, and too many are refused. */
export class SlowReaders {
  private readonly timeOuts = new Map<string, number[]>();

  /** A source of the account took all of its time, and was not read. */
  tookTooLong(account: string, now: number) {
    const recent = [...this.recent(account, now), now];
    // Entered again, so that those who were slow longest ago are first.
    this.timeOuts.delete(account);
    this.timeOuts.set(account, recent);
    for (const [other] of this.timeOuts) {
      if (this.recent(other, now).length > 0) return;
      this.timeOuts.delete(other);
    }
  }

  /** Whether a source of the account took too long lately. */
  has(account: string, now: number): boolean {
    return this.recent(account, now).length > 0;
  }

  /** Throws RATE_LIMIT where so many took too long that no other is read for now. */
  assertMayRead(account: string, now: number) {
    const recent = this.recent(account, now);
    const [oldest] = recent.slice(-MAX_TIME_OUTS);
    if (oldest === undefined || recent.length < MAX_TIME_OUTS) return;
    const retryMs = oldest + REMEMBERED_MS - now;
    throw tooMuch('code-readings', retryMs, `policy code-readings: ${MAX_TIME_OUTS} sources took too long to read`);
  }

  private recent(account: string, now: number): number[] {
    return (this.timeOuts.get(account) ?? []).filter((at) => now - at < REMEMBERED_MS);
  }
}
