import { type AccountRole, atLeast, SCOPES, type Scope } from '../../kernel/caller.js';

/**
 * The scopes of ours among those that were asked for. Clients add `offline_access`, `mcp` and others on their own, so
 * unknown ones are passed over, and asking for none of ours means all that are offered: the older clients cannot ask for
 * more later.
 */
export function grantedScopes(asked: string | undefined): Scope[] {
  const known = knownScopes(asked);
  return known.length ? known : [...SCOPES];
}

/** In our order, each once. `admin` is among them when it is asked for by name. */
export function knownScopes(asked = ''): Scope[] {
  const words = new Set(asked.split(/\s+/));
  return ALL.filter((scope) => words.has(scope));
}

/** What of the scopes an account with this role may have. */
export const allowedScopes = (role: AccountRole, scopes: readonly Scope[]): Scope[] =>
  scopes.filter((scope) => scope !== 'admin' || atLeast(role, 'moderator'));

/** What to ask somebody with this role to approve. Who wanted nothing but what he may not have is offered the rest. */
export function approvableScopes(role: AccountRole, asked: readonly Scope[]): Scope[] {
  const allowed = allowedScopes(role, asked);
  return allowed.length ? allowed : [...SCOPES];
}

const ALL: readonly Scope[] = [...SCOPES, 'admin'];
