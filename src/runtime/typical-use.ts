import { BoundedMap } from '../kernel/bounded-map.js';

/** The weight of the newest hook in the average. */
const NEWEST = 1 / 4;
/** The maximum number of remembered accounts; the least recently used is forgotten. */
const MAX_KNOWN = 20_000;

/** The moving average of the CPU time per hook of each account, in milliseconds. */
export class TypicalUse {
  private readonly known: BoundedMap<number>;

  constructor(maxKnown = MAX_KNOWN) {
    this.known = new BoundedMap(maxKnown);
  }

  add(account: string, ms: number): void {
    const before = this.known.get(account) ?? ms;
    this.known.set(account, before + (ms - before) * NEWEST);
  }

  /** Whether the account's average is at most `ms`. False for a new account. */
  isWithin(account: string, ms: number): boolean {
    return (this.known.get(account) ?? Number.POSITIVE_INFINITY) <= ms;
  }
}
