import { TurnQueue } from './turn-queue.js';

/** The position of work in a queue that accounts share. */
export interface QueuePosition {
  /** The account that the work belongs to. */
  readonly account: string;
  /** A sub-queue of the account, such as a channel. */
  readonly line: string;
  /** Whether the work belongs to a bot that has repeatedly timed out. */
  readonly isLate?: boolean;
}

/** At least one of this many items is from the lower-priority group, if one waits, so that nobody waits forever. */
const LATER_EVERY = 5;

/** Whether an account may start an item now; late items are asked separately. */
export type MayStart = (account: string, isLate: boolean) => boolean;

/**
 * A fair queue: accounts take turns, and within an account its lines, so a busy account delays the first item of
 * another by one item. Accounts with heavy work come after the others, and late items after all, but each group gets at
 * least every fifth place.
 */
export class FairQueue<T> {
  private readonly onTime = new Accounts<T>();
  private readonly late = new Accounts<T>();
  private sinceLate = 0;
  private sinceHeavy = 0;

  /** @param isHeavy whether items of this account take long, or may */
  constructor(private readonly isHeavy: (account: string) => boolean = () => false) {}

  get length(): number {
    return this.onTime.length + this.late.length;
  }

  push({ account, line, isLate }: QueuePosition, item: T): void {
    (isLate ? this.late : this.onTime).push(account, line, item);
  }

  /** Removes and returns the next item that may start. */
  shift(may: MayStart = () => true): T | undefined {
    const isLateDue = this.late.length > 0 && this.sinceLate >= LATER_EVERY - 1;
    const late = () => this.shiftLate((account) => may(account, true));
    const onTime = () => this.shiftOnTime((account) => may(account, false));
    const next = isLateDue ? (late() ?? onTime()) : (onTime() ?? late());
    return next?.item;
  }

  /** Whether an item waits that may start. */
  hasFor(may: MayStart): boolean {
    return this.onTime.some((account) => may(account, false)) || this.late.some((account) => may(account, true));
  }

  /** Removes and returns the items for which the predicate is true. */
  remove(isRemoved: (item: T) => boolean): T[] {
    return [...this.onTime.remove(isRemoved), ...this.late.remove(isRemoved)];
  }

  private shiftLate(may: (account: string) => boolean) {
    const next = this.late.shift(may);
    if (next) this.sinceLate = 0;
    return next;
  }

  private shiftOnTime(may: (account: string) => boolean) {
    const light = (account: string) => may(account) && !this.isHeavy(account);
    const isHeavyDue = this.sinceHeavy >= LATER_EVERY - 1;
    const next = (isHeavyDue ? undefined : this.onTime.shift(light)) ?? this.onTime.shift(may);
    if (!next) return undefined;
    this.sinceLate += 1;
    this.sinceHeavy = isHeavyDue || this.isHeavy(next.account) ? 0 : this.sinceHeavy + 1;
    return next;
  }
}

/** Accounts that take turns. */
class Accounts<T> {
  private readonly waiting = new Map<string, TurnQueue<T>>();
  length = 0;

  push(account: string, line: string, item: T) {
    const queue = this.waiting.get(account) ?? new TurnQueue<T>();
    this.waiting.set(account, queue);
    queue.push(line, item);
    this.length += 1;
  }

  shift(may: (account: string) => boolean): { account: string; item: T } | undefined {
    for (const [account, queue] of this.waiting) {
      if (!may(account)) continue;
      const item = queue.shift() as T;
      this.length -= 1;
      // A map keeps insertion order: inserted again, the account comes after all others.
      this.waiting.delete(account);
      if (queue.length > 0) this.waiting.set(account, queue);
      return { account, item };
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
