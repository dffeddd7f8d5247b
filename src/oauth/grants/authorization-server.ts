import type { Scope } from '../../kernel/caller.js';
import type { GrantType, OauthClient } from '../clients/oauth-client.entity.js';
import type { AuthorizationRequest } from '../consent/authorization-request.js';
import type { Parameters } from '../protocol/parameters.js';

/** A token request of an authenticated client that may use the grant. */
export interface TokenRequest {
  readonly client: OauthClient;
  readonly grantType: GrantType;
  /** The requested resource, which is one of ours, or null. */
  readonly resource: string | null;
  readonly parameters: Parameters;
}

export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly scopes: Scope[];
  /** The lifetime of the access token, in seconds. */
  readonly expiresInS: number;
}

/** Implements the grants, so that the endpoints do not depend on a library. */
export abstract class AuthorizationServer {
  /** Issues a one-time code, valid for a minute. Without an account it creates a new guest. */
  abstract issueCode(approved: AuthorizationRequest, client: OauthClient, accountId: string | null): Promise<string>;
  /** Exchanges a grant for tokens. Throws an OauthError. */
  abstract exchange(request: TokenRequest): Promise<IssuedTokens>;
}
