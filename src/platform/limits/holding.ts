import { DomainError } from '../../kernel/errors.js';
import type { HoldingName, LimitConfig } from '../config/limit-settings.js';

/** Throws if the account would exceed its limit for something it keeps. Call it in the write that adds it. */
export function assertHoldsFewer({ holdings }: LimitConfig, policy: HoldingName, wanted: number) {
  const limit = holdings[policy];
  if (wanted > limit) throw new DomainError('QUOTA_REACHED', `at most ${limit} ${policy}`, { policy, limit });
}
