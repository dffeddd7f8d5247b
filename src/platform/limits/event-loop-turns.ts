import { Injectable } from '@nestjs/common';

/**
 * Shares the event loop fairly: accounts take turns, with one call or one large body to parse per turn of the event
 * loop. An account with forty concurrent calls delays another account's call by one, and other requests are served in
 * between.
 */
@Injectable()
export class EventLoopTurns {
  /** The waiting calls of each account, in the order of the accounts' turns. */
  private readonly waiting = new Map<string, (() => void)[]>();

  /** Resolves when it is the turn of this account. */
  take(accountId: string): Promise<void> {
    return new Promise((resolve) => {
      if (!this.waiting.size) setImmediate(this.turn);
      const own = this.waiting.get(accountId);
      if (own) own.push(resolve);
      else this.waiting.set(accountId, [resolve]);
    });
  }

  private readonly turn = () => {
    const [next] = this.waiting;
    if (!next) return;
    const [accountId, [begin, ...others]] = next;
    // Inserted again, the account comes after all others.
    this.waiting.delete(accountId);
    if (others.length) this.waiting.set(accountId, others);
    if (this.waiting.size) setImmediate(this.turn);
    begin?.();
  };
}
