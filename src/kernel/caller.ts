/** What a token is offered over OAuth, and what it covers when nothing is named. */
export const SCOPES = ['channels', 'bots', 'arena'] as const;
export type OfferedScope = (typeof SCOPES)[number];
/** `admin` is never offered: it is asked for by name, and given only to an account whose role allows it. */
export type Scope = OfferedScope | 'admin';

/** What an account may do on this server, each role what the ones before it may. A guest is an account of open mode. */
export const ROLES = ['guest', 'member', 'moderator', 'admin'] as const;
export type AccountRole = (typeof ROLES)[number];

/** Whether somebody with this role may do what is asked of `least`. */
export const atLeast = (role: AccountRole, least: AccountRole) => ROLES.indexOf(role) >= ROLES.indexOf(least);

/**
 * Who is asking, already authenticated: an account, the OAuth client it came through, and the session (one OAuth grant,
 * the family of its tokens). The protocol's own session id is no part of who it is.
 */
export interface Caller {
  readonly accountId: string;
  readonly clientId: string;
  readonly sessionId: string;
  /** What other members are shown. Letters, digits, space, `_` and `-`, at most 24. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly role: AccountRole;
  /** When what it came with stops working, in milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** The hash of the protocol's session id, where the client keeps one. It authorises nothing: it chooses between own seats. */
  readonly protocolSession?: string;
  /** Fires when the session ends while this request is answered: nothing may be delivered any more. */
  readonly ended?: AbortSignal;
}
