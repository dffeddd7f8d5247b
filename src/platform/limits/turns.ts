import { Injectable } from '@nestjs/common';

/**
 * Accounts take turns: one call, or one large body to parse, in each turn of the event loop. Whoever asks forty things at
 * once delays the next one's first by one, and whatever else arrives is served between two of them.
 */
@Injectable()
export class Turns {
  /** In the order in which the accounts have their turns. */
  private readonly waiting = new Map<string, (() => void)[]>();

  /** Resolves when it is this account's turn. */
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
    // Entered again, the account comes after all others.
    this.waiting.delete(accountId);
    if (others.length) this.waiting.set(accountId, others);
    if (this.waiting.size) setImmediate(this.turn);
    begin?.();
  };
}
