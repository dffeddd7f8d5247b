import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** Counts units per key within a time window. All stores of rate-limiter-flexible implement it. */
export interface Counter {
  readonly points: number;
  consume(key: string, units?: number): Promise<RateLimiterRes>;
  get(key: string): Promise<RateLimiterRes | null>;
}

/** The store of the counters. Several servers that share counters would replace only this. */
export abstract class Counters {
  abstract of(policy: string, quota: number, windowS: number): Counter;
}

/** Counters in memory: they are lost on restart, and the oldest are dropped if there are too many keys. */
export class MemoryCounters extends Counters {
  constructor(private readonly mostKeys = 20_000) {
    super();
  }

  of(policy: string, points: number, duration: number): BoundedCounter {
    return new BoundedCounter({ keyPrefix: policy, points, duration }, this.mostKeys);
  }
}

/**
 * A counter with a limited number of keys, against attackers with many addresses: the key with the oldest window is
 * dropped.
 */
class BoundedCounter extends RateLimiterMemory implements Counter {
  /** The keys in the order in which their windows began. */
  private readonly known = new Set<string>();

  constructor(
    options: ConstructorParameters<typeof RateLimiterMemory>[0],
    private readonly mostKeys: number,
  ) {
    super(options);
  }

  get size() {
    return this.known.size;
  }

  override async consume(key: string, units = 1): Promise<RateLimiterRes> {
    const counted = await super.consume(key, units).catch((over: RateLimiterRes) => over);
    if (counted.isFirstInDuration) await this.remember(key);
    if (counted.consumedPoints > this.points) throw counted;
    return counted;
  }

  private async remember(key: string) {
    this.known.delete(key);
    this.known.add(key);
    if (this.known.size <= this.mostKeys) return;
    const [oldest = ''] = this.known;
    this.known.delete(oldest);
    await this.delete(oldest);
  }
}
