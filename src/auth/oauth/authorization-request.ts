import type { Scope } from '../../kernel/caller.js';
import type { OauthClient } from './oauth-client.entity.js';
import { OauthFailure } from './oauth-failure.js';
import { grantedScopes } from './oauth-scope.js';
import type { Parameters } from './parameters.js';
import { matches } from './redirect-uri.js';
import { knownResource } from './resource.js';

/** What a client asks to be approved, checked. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Hash of what the client said about itself when it asked. */
  readonly facts: string;
  readonly state?: string;
  readonly scopes: Scope[];
  readonly resource: string | null;
  readonly codeChallenge: string;
}

/** Where the answer may go. Settled before anything else, because until then nothing may be redirected anywhere. */
export function readRedirectUri({ redirect_uri: asked }: Parameters, client: OauthClient): string {
  if (asked !== undefined && client.redirectUris.some((registered) => matches(asked, registered))) return asked;
  throw new OauthFailure('invalid_request', 'The redirect_uri is missing or not one that the client registered.');
}

/** The rest of the request. What it throws goes back to the client by redirect. PKCE with S256 is asked of everyone. */
export function readAuthorizationRequest(
  parameters: Parameters,
  client: OauthClient,
  publicUrl: string,
): Omit<AuthorizationRequest, 'clientId' | 'redirectUri' | 'facts'> {
  const { response_type, response_mode = 'query', code_challenge = '', code_challenge_method, state } = parameters;
  if (response_type === undefined || response_mode !== 'query') throw new OauthFailure('invalid_request');
  if (response_type !== 'code') throw new OauthFailure('unsupported_response_type');
  if (!client.mayUse('authorization_code')) throw new OauthFailure('unauthorized_client');
  if (code_challenge_method !== 'S256' || !/^[A-Za-z0-9_-]{43}$/.test(code_challenge)) {
    throw new OauthFailure('invalid_request', 'PKCE with code_challenge_method S256 is required.');
  }
  return {
    state,
    scopes: grantedScopes(parameters.scope),
    resource: knownResource(parameters.resource, publicUrl),
    codeChallenge: code_challenge,
  };
}
