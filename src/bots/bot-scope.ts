import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';

/** Bringing a bot into a channel is a scope of its own, whichever operation it is part of. */
export function mustMayBringBots({ scopes }: Caller) {
  if (!scopes.includes('bots')) throw new DomainError('INSUFFICIENT_SCOPE', 'scope bots is needed', { scope: 'bots' });
}
