/** What a token may be asked for over OAuth. */
export const SCOPES = ['channels', 'bots'] as const;
export type OfferedScope = (typeof SCOPES)[number];
/** `admin` is never asked for, offered or granted over OAuth: the operator of the server gives it out by hand. */
export type Scope = OfferedScope | 'admin';

/**
 * Who is asking, already authenticated: an account, the OAuth client it came through, and the session (one OAuth grant,
 * the family of its tokens). The protocol's own session id is never part of it.
 */
export interface Caller {
  readonly accountId: string;
  readonly clientId: string;
  readonly sessionId: string;
  /** What other members are shown. Letters, digits, space, `_` and `-`, at most 24. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** When what it came with stops working, in milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** Fires when the session ends while this request is answered: nothing may be delivered any more. */
  readonly ended?: AbortSignal;
}
