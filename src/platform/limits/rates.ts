import { Injectable } from '@nestjs/common';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../config.js';
import { type Counter, Counters } from './counters.js';
import { RATES, type RateName } from './limit-settings.js';

/** How a policy stands for one of those it counts. */
export interface Stand {
  readonly policy: RateName;
  readonly quota: number;
  readonly windowS: number;
  readonly remaining: number;
  /** Until the quota is whole again. */
  readonly resetMs: number;
  readonly isOver: boolean;
}

/** How much was asked in the current window, by whom. */
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

  /** Counts so many units for this key; undefined where the policy is off. What is refused counts too. */
  async take(policy: RateName, key: string, units: number): Promise<Stand | undefined> {
    const counter = this.counters.get(policy);
    return counter && this.standOf(policy, counter, await counter.consume(key, units).catch(refused));
  }

  /** How it stands, without counting. */
  async look(policy: RateName, key: string): Promise<Stand | undefined> {
    const counter = this.counters.get(policy);
    return counter && this.standOf(policy, counter, await counter.get(key));
  }

  private standOf(policy: RateName, { points: quota }: Counter, counted: RateLimiterRes | null): Stand {
    const { consumedPoints = 0, msBeforeNext = this.windowS * 1_000 } = counted ?? {};
    const remaining = Math.max(0, quota - consumedPoints);
    return { policy, quota, windowS: this.windowS, remaining, resetMs: msBeforeNext, isOver: consumedPoints > quota };
  }
}

/** A counter rejects with the count where it is over, and with an error where it could not count. */
function refused(reason: unknown): RateLimiterRes {
  if (reason instanceof RateLimiterRes) return reason;
  throw reason;
}
