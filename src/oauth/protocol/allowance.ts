import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { OauthError } from './oauth-error.js';

/** Limits how often a caller may trigger something expensive. It is kept in memory, so a restart resets it. */
export class Allowance {
  private readonly limiter: RateLimiterMemory;

  constructor(points: number, seconds: number) {
    this.limiter = new RateLimiterMemory({ points, duration: seconds });
  }

  /** Throws an OauthError with the time to wait if the limit is exceeded. */
  async take(key: string) {
    try {
      await this.limiter.consume(key);
    } catch (rejected) {
      const { msBeforeNext = 1_000 } = rejected as RateLimiterRes;
      throw OauthError.tooOften(Math.ceil(msBeforeNext / 1_000));
    }
  }
}
