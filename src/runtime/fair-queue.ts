import { TurnQueue } from './turn-queue.js';

/** Where a piece of work stands in a queue that many accounts share. */
export interface Place {
  /** Whose work it is. */
  readonly account: string;
  /** Which of the account's own lines it stands in, such as a channel. */
  readonly line: string;
  /** Work of somebody who has taken too long again and again. */
  readonly isLate?: boolean;
}

/** Of so many items at least one is a late one, where one waits: late work waits longer, and never for ever. */
const LATE_EVERY = 5;

/**
 * A queue that takes accounts in turn, and the lines of one account in turn: how much one account asks for delays another
 * one's first item by one item. Late work comes after all other, and in every fifth place at the latest.
 */
export class FairQueue<T> {
  private readonly onTime = new Accounts<T>();
  private readonly late = new Accounts<T>();
  private sinceLate = 0;

  get length(): number {
    return this.onTime.length + this.late.length;
  }

  push({ account, line, isLate }: Place, item: T): void {
    (isLate ? this.late : this.onTime).push(account, line, item);
  }

  /** The next item of an account that may have one now. */
  shift(may: (account: string) => boolean = () => true): T | undefined {
    const isLateDue = this.late.length > 0 && this.sinceLate >= LATE_EVERY - 1;
    const order = isLateDue ? [this.late, this.onTime] : [this.onTime, this.late];
    for (const accounts of order) {
      const found = accounts.shift(may);
      if (!found) continue;
      this.sinceLate = accounts === this.late ? 0 : this.sinceLate + 1;
      return found.item;
    }
    return undefined;
  }

  /** Whether something waits of an account that may have it now. */
  hasFor(may: (account: string) => boolean): boolean {
    return this.onTime.some(may) || this.late.some(may);
  }

  /** Takes out what the test picks. */
  remove(picks: (item: T) => boolean): T[] {
    return [...this.onTime.remove(picks), ...this.late.remove(picks)];
  }
}

/** Accounts in turn. */
class Accounts<T> {
  private readonly waiting = new Map<string, TurnQueue<T>>();
  length = 0;

  push(account: string, line: string, item: T) {
    const queue = this.waiting.get(account) ?? new TurnQueue<T>();
    this.waiting.set(account, queue);
    queue.push(line, item);
    this.length += 1;
  }

  shift(may: (account: string) => boolean): { item: T } | undefined {
    for (const [account, queue] of this.waiting) {
      if (!may(account)) continue;
      const item = queue.shift() as T;
      this.length -= 1;
      // A map keeps the order of entry: entered again, the account comes after all others.
      this.waiting.delete(account);
      if (queue.length > 0) this.waiting.set(account, queue);
      return { item };
    }
    return undefined;
  }

  some(may: (account: string) => boolean): boolean {
    for (const account of this.waiting.keys()) if (may(account)) return true;
    return false;
  }

  remove(picks: (item: T) => boolean): T[] {
    return [...this.waiting].flatMap(([account, queue]) => {
      const gone = queue.remove(picks);
      this.length -= gone.length;
      if (queue.length === 0) this.waiting.delete(account);
      return gone;
    });
  }
}
