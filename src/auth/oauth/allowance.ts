import { isIPv6 } from 'node:net';
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
      throw new OauthFailure('temporarily_unavailable', undefined, Math.ceil(msBeforeNext / 1_000));
    }
  }
}

/** Whoever has one address of IPv6 has the 2^64 around it as well; one of IPv4 is one. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*/, '');
  if (!isIPv6(plain)) return plain;
  const [left = '', right] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [left, right ?? ''].map((half) => half.split(':').filter(Boolean)) as [string[], string[]];
  const zeros = right === undefined ? 0 : 8 - before.length - after.length;
  return `${[...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':')}::/64`;
}
