import { type OfferedScope, SCOPES } from '../../kernel/caller.js';

/**
 * The scopes of ours among those that were asked for. Clients add `offline_access`, `mcp` and others on their own, so
 * unknown ones are passed over, and asking for none of ours means all of them: the older clients cannot ask for more later.
 */
export function grantedScopes(asked: string | undefined): OfferedScope[] {
  const known = knownScopes(asked);
  return known.length ? known : [...SCOPES];
}

export function knownScopes(asked = ''): OfferedScope[] {
  const words = new Set(asked.split(/\s+/));
  return SCOPES.filter((scope) => words.has(scope));
}
