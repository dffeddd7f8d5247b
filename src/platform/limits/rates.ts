import { Injectable } from '@nestjs/common';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../config/config.js';
import { RATES, type RateName } from '../config/limit-settings.js';
import { type Counter, Counters } from './counters.js';

/** The state of a policy for one key. */
export interface RateStanding {
  readonly policy: RateName;
  readonly quota: number;
  readonly windowS: number;
  readonly remaining: number;
  /** Milliseconds until the full quota is available again. */
  readonly resetMs: number;
  readonly isOver: boolean;
}

/** Counts requests in the current window, per policy and key. */
@Injectable()
export class Rates {
  private readonly counters = new Map<RateName, Counter>();
  private readonly windowS: number;

  constructor({ limits }: Config, counters: Counters) {
    this.windowS = limits.windowS;
    for (const policy of Object.keys(RATES) as RateName[]) {
      const quota = limits.rates[policy];
      if (Number.isFinite(quota)) this.counters.set(policy, counters.of(policy, quota, limits.windowS));
    }
  }

  /** Counts units for this key, also when the policy refuses them. Undefined if the policy is off. */
  async take(policy: RateName, key: string, units: number): Promise<RateStanding | undefined> {
    const counter = this.counters.get(policy);
    return counter && this.standOf(policy, counter, await counter.consume(key, units).catch(refused));
  }

  /** The current state, without counting. */
  async look(policy: RateName, key: string): Promise<RateStanding | undefined> {
    const counter = this.counters.get(policy);
    return counter && this.standOf(policy, counter, await counter.get(key));
  }

  private standOf(policy: RateName, { points: quota }: Counter, counted: RateLimiterRes | null): RateStanding {
    const { consumedPoints = 0, msBeforeNext = this.windowS * 1_000 } = counted ?? {};
    const remaining = Math.max(0, quota - consumedPoints);
    return { policy, quota, windowS: this.windowS, remaining, resetMs: msBeforeNext, isOver: consumedPoints > quota };
  }
}

/** A counter rejects with its state if the limit is exceeded, and with an Error if it could not count. */
function refused(reason: unknown): RateLimiterRes {
  if (reason instanceof RateLimiterRes) return reason;
  throw reason;
}
