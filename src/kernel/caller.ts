/** The scopes that the OAuth metadata offers, and that a token gets when its client requests none. */
export const SCOPES = ['channels', 'bots'] as const;
export type OfferedScope = (typeof SCOPES)[number];
/** `admin` is not in the metadata: a client must request it by name, and only an account with that role gets it. */
export type Scope = OfferedScope | 'admin';

/**
 * The roles of an account, in ascending order: each includes the rights of those before it. Guests exist in open mode
 * only.
 */
export const ROLES = ['guest', 'member', 'moderator', 'admin'] as const;
export type AccountRole = (typeof ROLES)[number];

/** Whether a role includes all rights of the role `least`. */
export const atLeast = (role: AccountRole, least: AccountRole) => ROLES.indexOf(role) >= ROLES.indexOf(least);

/**
 * The authenticated sender of a request: an account, its OAuth client, and the session (one OAuth grant with all its
 * tokens). The MCP session id is not part of the identity.
 */
export interface Caller {
  readonly accountId: string;
  readonly clientId: string;
  readonly sessionId: string;
  /** The display name that other members see: letters, digits, space, `_` and `-`, at most 24 characters. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly role: AccountRole;
  /** When the token of the request expires, in milliseconds since the epoch. */
  readonly expiresAt?: number;
  /**
   * The hash of the MCP session id, if the client sends one. It grants no rights: it only selects one of the caller's
   * own seats.
   */
  readonly protocolSession?: string;
  /** Aborts if the session ends while the request is processed: after that no data may be delivered. */
  readonly ended?: AbortSignal;
}
