import type { Scope } from '../../kernel/caller.js';
import type { AuthorizationRequest } from './authorization-request.js';
import type { GrantType, OauthClient } from './oauth-client.entity.js';
import type { Parameters } from './parameters.js';

/** A request for tokens by a client that has proven who it is and may use the grant. */
export interface TokenRequest {
  readonly client: OauthClient;
  readonly grantType: GrantType;
  /** A resource of ours, or none named. */
  readonly resource: string | null;
  readonly parameters: Parameters;
}

export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly scopes: Scope[];
  /** How long the access token is good for, in seconds. */
  readonly expiresInS: number;
}

/** The engine of the grants. The endpoints around it know no library. */
export abstract class AuthorizationServer {
  /** A one-time code for what an account approved, good for a minute. No account: a new guest. */
  abstract issueCode(approved: AuthorizationRequest, client: OauthClient, accountId: string | null): Promise<string>;
  /** Tokens for a code, a refresh token or the client itself; throws an OauthFailure. */
  abstract exchange(request: TokenRequest): Promise<IssuedTokens>;
}
