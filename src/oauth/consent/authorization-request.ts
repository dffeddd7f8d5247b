import type { Scope } from '../../kernel/caller.js';
import type { OauthClient } from '../clients/oauth-client.entity.js';
import { matches } from '../clients/redirect-uri.js';
import { OauthError } from '../protocol/oauth-error.js';
import { grantedScopes } from '../protocol/oauth-scope.js';
import type { Parameters } from '../protocol/parameters.js';
import { knownResource } from '../protocol/resource.js';

/** A validated authorization request of a client. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  /** The hash of the client's facts at the time of the request. */
  readonly facts: string;
  readonly state?: string;
  readonly scopes: Scope[];
  readonly resource: string | null;
  readonly codeChallenge: string;
}

/** Validates the redirect URI. This comes first, because errors may be sent by redirect only after it. */
export function readRedirectUri({ redirect_uri: asked }: Parameters, client: OauthClient): string {
  if (asked !== undefined && client.redirectUris.some((registered) => matches(asked, registered))) return asked;
  throw new OauthError('invalid_request', 'The redirect_uri is missing or not one that the client registered.');
}

/** Validates the rest of the request. Errors go to the client by redirect. PKCE with S256 is required. */
export function readAuthorizationRequest(
  parameters: Parameters,
  client: OauthClient,
  publicUrl: string,
): Omit<AuthorizationRequest, 'clientId' | 'redirectUri' | 'facts'> {
  const { response_type, response_mode = 'query', code_challenge = '', code_challenge_method, state } = parameters;
  if (response_type === undefined || response_mode !== 'query') throw new OauthError('invalid_request');
  if (response_type !== 'code') throw new OauthError('unsupported_response_type');
  if (!client.mayUse('authorization_code')) throw new OauthError('unauthorized_client');
  if (code_challenge_method !== 'S256' || !/^[A-Za-z0-9_-]{43}$/.test(code_challenge)) {
    throw new OauthError('invalid_request', 'PKCE with code_challenge_method S256 is required.');
  }
  return {
    state,
    scopes: grantedScopes(parameters.scope),
    resource: knownResource(parameters.resource, publicUrl),
    codeChallenge: code_challenge,
  };
}
