import type OAuth2Server from '@node-oauth/oauth2-server';
import type { EntityManager } from 'typeorm';
import type { OpenSession, SessionsService } from '../sessions.service.js';
import type { TokenRequest } from './authorization-server.js';
import { OauthFailure } from './oauth-failure.js';
import type { Successor } from './successor.js';

/** One request for tokens while it is answered, all of it within one write. */
export interface Exchange extends TokenRequest {
  readonly tx: EntityManager;
  readonly now: number;
  readonly sessions: SessionsService;
}

/** The library's "user": whose session the tokens will belong to. It is opened last, when nothing can be refused any more. */
export interface Grantee {
  readonly open: () => Promise<OpenSession>;
  readonly resource: string | null;
  /** Of the refresh token that is given out. */
  readonly generation: number;
  /** Where a client repeats itself: what it was given the first time, and is given again. */
  readonly again?: Successor;
  /** Keeps what is given out for a client that repeats itself. */
  readonly keep?: (successor: Successor) => Promise<void>;
}

/** The library's client. It compares the id and the grants. */
export const asLibraryClient = ({ client }: TokenRequest): OAuth2Server.Client => ({
  id: client.id,
  grants: client.grantTypes,
});

/** A token is for what was approved: asking for another resource is refused, asking for none changes nothing. */
export function boundResource({ resource }: TokenRequest, approved: string | null) {
  if (approved !== null && resource !== null && approved !== resource) throw new OauthFailure('invalid_target');
  return approved ?? resource;
}
