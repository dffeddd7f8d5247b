import type { Stand } from './rates.js';

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers: every policy that applies, and how the tightest of them stands,
 * which is the one that is over, or else has the fewest units left.
 */
export function rateHeaders(stands: readonly Stand[]): Record<string, string> {
  const [tightest] = [...stands].sort(byTightness);
  if (!tightest) return {};
  return {
    'RateLimit-Policy': stands.map(({ policy, quota, windowS }) => `"${policy}";q=${quota};w=${windowS}`).join(', '),
    RateLimit: `"${tightest.policy}";r=${tightest.remaining};t=${Math.ceil(tightest.resetMs / 1_000)}`,
  };
}

const byTightness = (a: Stand, b: Stand) =>
  Number(b.isOver) - Number(a.isOver) || a.remaining - b.remaining || b.resetMs - a.resetMs;
