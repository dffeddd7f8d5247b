import type OAuth2Server from '@node-oauth/oauth2-server';
import type { EntityManager } from 'typeorm';
import { OauthError } from '../protocol/oauth-error.js';
import type { OpenSession, Sessions } from '../sessions/sessions.service.js';
import type { TokenRequest } from './authorization-server.js';
import type { Successor } from './successor.js';

/** A token request in progress; all of it runs in one write. */
export interface TokenExchange extends TokenRequest {
  readonly tx: EntityManager;
  readonly now: number;
  readonly sessions: Sessions;
}

/** The library's "user": the owner of the session. The session is opened last, when no error can occur any more. */
export interface Grantee {
  readonly open: () => Promise<OpenSession>;
  readonly resource: string | null;
  /** The generation of the new refresh token. */
  readonly generation: number;
  /** For a repeated request: the tokens of the first response. */
  readonly repeated?: Successor;
  /** Stores the new tokens, so that a repeated request gets the same ones. */
  readonly storeSuccessor?: (successor: Successor) => Promise<void>;
}

/** The client as the library expects it; it compares the id and the grants. */
export const asLibraryClient = ({ client }: TokenRequest): OAuth2Server.Client => ({
  id: client.id,
  grants: client.grantTypes,
});

/** The resource of the token. Throws if the request names another resource than the one that was approved. */
export function boundResource({ resource }: TokenRequest, approved: string | null) {
  if (approved !== null && resource !== null && approved !== resource) throw new OauthError('invalid_target');
  return approved ?? resource;
}
