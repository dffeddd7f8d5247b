import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { OauthFailure } from './oauth-failure.js';

/** How often somebody may cause what costs us something. Kept in memory: after a restart everyone begins anew. */
export class Allowance {
  private readonly limiter: RateLimiterMemory;

  constructor(points: number, seconds: number) {
    this.limiter = new RateLimiterMemory({ points, duration: seconds });
  }

  /** Throws an OauthFailure that says when to come back, if it is used up. */
  async take(key: string) {
    try {
      await this.limiter.consume(key);
    } catch (rejected) {
      const { msBeforeNext = 1_000 } = rejected as RateLimiterRes;
      throw OauthFailure.tooOften(Math.ceil(msBeforeNext / 1_000));
    }
  }
}
