import type { RateStanding } from './rates.js';

/**
 * The header fields of draft-ietf-httpapi-ratelimit-headers: all policies that apply, and the state of the strictest:
 * the one that is exceeded, or else the one with the fewest units left.
 */
export function rateHeaders(stands: readonly RateStanding[]): Record<string, string> {
  const [tightest] = [...stands].sort(byTightness);
  if (!tightest) return {};
  return {
    'RateLimit-Policy': stands.map(({ policy, quota, windowS }) => `"${policy}";q=${quota};w=${windowS}`).join(', '),
    RateLimit: `"${tightest.policy}";r=${tightest.remaining};t=${Math.ceil(tightest.resetMs / 1_000)}`,
  };
}

const byTightness = (a: RateStanding, b: RateStanding) =>
  Number(b.isOver) - Number(a.isOver) || a.remaining - b.remaining || b.resetMs - a.resetMs;
