import { DomainError } from '../../kernel/errors.js';
import type { HoldingName, LimitConfig } from './limit-settings.js';

/** Refuses when an account would have more of something than it may keep. Asked in the write that adds it. */
export function mustHoldFewer({ holdings }: LimitConfig, policy: HoldingName, wanted: number) {
  const limit = holdings[policy];
  if (wanted > limit) throw new DomainError('QUOTA_REACHED', `at most ${limit} ${policy}`, { policy, limit });
}
