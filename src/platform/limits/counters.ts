import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** Counts units of a key within a window. Every store of rate-limiter-flexible is one. */
export interface Counter {
  readonly points: number;
  consume(key: string, units?: number): Promise<RateLimiterRes>;
  get(key: string): Promise<RateLimiterRes | null>;
}

/** Where counts are kept. The one place to change for several servers that share them. */
export abstract class Counters {
  abstract of(policy: string, quota: number, windowS: number): Counter;
}

/** In this process: a restart forgets them, and so do a great many keys. */
export class MemoryCounters extends Counters {
  constructor(private readonly mostKeys = 20_000) {
    super();
  }

  of(policy: string, points: number, duration: number): BoundedCounter {
    return new BoundedCounter({ keyPrefix: policy, points, duration }, this.mostKeys);
  }
}

/** A million addresses are nobody's customers: beyond so many keys the one whose window began first is forgotten. */
class BoundedCounter extends RateLimiterMemory implements Counter {
  /** In the order in which their windows began. */
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
