import type { Account } from '../accounts/account.entity.js';
import type { WebSession } from './web-session.entity.js';

export interface SignedIn {
  readonly session: WebSession;
  readonly account: Account;
}

/** A request from a browser to one of our pages. The server stores nothing about it before somebody signs in. */
export interface PageVisit {
  /** The hash of the secret in the cookie. */
  readonly hash: string;
  /** The CSRF token for forms. */
  readonly csrf: string;
  /** This server's origin as the browser spells it. */
  readonly origin: string;
  /** The User-Agent header. */
  readonly browser: string;
  /** The address under which the limits count it. */
  readonly address: string;
  readonly signedIn?: SignedIn;
  /** The account whose password was correct but whose passkey is still required. */
  readonly awaitingPasskey?: SignedIn;
  /** Sets and returns a new cookie secret; the old one becomes invalid. */
  renew(): string;
}
