import { type AccountRole, atLeast, SCOPES, type Scope } from '../../kernel/caller.js';

/**
 * The scopes to grant. Unknown scopes are ignored, because clients add `offline_access`, `mcp` and others on their own.
 * A request without any of ours gets all offered scopes, because older clients cannot request more later.
 */
export function grantedScopes(asked: string | undefined): Scope[] {
  const known = knownScopes(asked);
  return known.length ? known : [...SCOPES];
}

/** Our scopes in a request, in our order, without duplicates; includes `admin` if it is named. */
export function knownScopes(asked = ''): Scope[] {
  const words = new Set(asked.split(/\s+/));
  return ALL.filter((scope) => words.has(scope));
}

/** The scopes that an account with this role may have. */
export const allowedScopes = (role: AccountRole, scopes: readonly Scope[]): Scope[] =>
  scopes.filter((scope) => scope !== 'admin' || atLeast(role, 'moderator'));

/** The scopes to show for approval. If the role allows none of the requested scopes, the default ones are offered. */
export function approvableScopes(role: AccountRole, asked: readonly Scope[]): Scope[] {
  const allowed = allowedScopes(role, asked);
  return allowed.length ? allowed : [...SCOPES];
}

const ALL: readonly Scope[] = [...SCOPES, 'admin'];
