import type { Account } from '../account.entity.js';
import type { WebSession } from './web-session.entity.js';

export interface SignedIn {
  readonly session: WebSession;
  readonly account: Account;
}

/** A browser in front of one of our pages. Before somebody signs in the server keeps nothing about it. */
export interface Visit {
  /** Hash of the secret in its cookie. */
  readonly hash: string;
  /** What its forms carry. */
  readonly csrf: string;
  /** This server as the browser spells it. */
  readonly origin: string;
  /** What the browser calls itself. */
  readonly browser: string;
  /** Where it comes from, as far as limits are concerned. */
  readonly address: string;
  readonly signedIn?: SignedIn;
  /** Knew the password, and has a passkey still to show. */
  readonly half?: SignedIn;
  /** Gives the browser a new secret and answers with it: the old one is nobody's from now on. */
  renew(): string;
}
