import type { JSONWebKeySet } from 'jose';
import { withoutHidden } from '../../kernel/visible-text.js';
import { OauthError } from '../protocol/oauth-error.js';
import { documentUrl } from './documents/document-url.js';
import { isPublicKeySet, MAX_KEYS, MAX_KEYS_LENGTH } from './key-set.js';
import { AUTH_METHODS, type AuthMethod, GRANT_TYPES, type GrantType } from './oauth-client.entity.js';
import { isRegistrable } from './redirect-uri.js';

const MAX_REDIRECTS = 10;
const MAX_REDIRECTS_LENGTH = 4_000;
const MAX_NAME_LENGTH = 120;

/** The part of the client metadata that we store. */
export interface ClientMetadata {
  readonly name: string;
  readonly authMethod: AuthMethod;
  readonly redirectUris: string[];
  readonly grantTypes: GrantType[];
  /** The public keys of a client that signs assertions, inline or by URL. */
  readonly jwks: JSONWebKeySet | null;
  readonly jwksUri: string | null;
}

/**
 * Reads RFC 7591 client metadata. Defaults: a confidential client with all grants. Redirect URIs are optional only for
 * clients that use client_credentials. Unknown grant types are ignored, because some clients list many.
 */
export function readClientMetadata(body: unknown): ClientMetadata {
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw unusable('The body must be a JSON object.');
  const metadata = body as Record<string, unknown>;
  const authMethod = readAuthMethod(metadata.token_endpoint_auth_method ?? 'client_secret_basic');
  const named = metadata.grant_types == null ? undefined : readGrantTypes(metadata.grant_types);
  const redirectUris = readRedirectUris(metadata.redirect_uris ?? []);
  const grantTypes = named ?? GRANT_TYPES.filter((grant) => authMethod !== 'none' || grant !== 'client_credentials');
  if (!redirectUris.length && !grantTypes.includes('client_credentials')) {
    throw new OauthError('invalid_redirect_uri', 'This client needs at least one redirect URI.');
  }
  if (authMethod === 'none' && named?.includes('client_credentials')) {
    throw unusable('The grant client_credentials needs a client secret.');
  }
  checkResponseTypes(metadata.response_types ?? ['code']);
  const keys = readKeys(metadata);
  if (authMethod === 'private_key_jwt' && !keys.jwks && !keys.jwksUri) {
    throw unusable('A client that uses private_key_jwt needs jwks or jwks_uri.');
  }
  return {
    name: readName(metadata.client_name ?? ''),
    authMethod,
    redirectUris,
    grantTypes,
    ...keys,
  };
}

const unusable = (description: string) => new OauthError('invalid_client_metadata', description);

function readAuthMethod(value: unknown): AuthMethod {
  const method = AUTH_METHODS.find((known) => known === value);
  if (!method) throw unusable(`token_endpoint_auth_method must be one of ${AUTH_METHODS.join(', ')}.`);
  return method;
}

function readGrantTypes(value: unknown): GrantType[] {
  if (!Array.isArray(value)) throw unusable('grant_types must be a list.');
  const known = GRANT_TYPES.filter((grant) => value.includes(grant));
  if (!known.length) throw unusable(`grant_types must name one of ${GRANT_TYPES.join(', ')}.`);
  return known;
}

function readRedirectUris(value: unknown): string[] {
  if (!Array.isArray(value)) throw new OauthError('invalid_redirect_uri', 'redirect_uris must be a list.');
  if (value.length > MAX_REDIRECTS) {
    throw new OauthError('invalid_redirect_uri', `A client has at most ${MAX_REDIRECTS} redirect URIs.`);
  }
  if (!value.every(isRegistrable)) throw new OauthError('invalid_redirect_uri');
  if (value.join('').length > MAX_REDIRECTS_LENGTH) {
    const detail = `The redirect URIs of a client have at most ${MAX_REDIRECTS_LENGTH} characters together.`;
    throw new OauthError('invalid_redirect_uri', detail);
  }
  return [...new Set(value)];
}

function checkResponseTypes(value: unknown) {
  if (!Array.isArray(value) || (value.length && !value.includes('code'))) throw unusable('The response type is code.');
}

/** Reads the public keys. A private key is rejected and not stored. */
function readKeys({ jwks, jwks_uri: jwksUri }: Record<string, unknown>): Pick<ClientMetadata, 'jwks' | 'jwksUri'> {
  if (jwks != null && jwksUri != null) throw unusable('Give jwks or jwks_uri, not both.');
  if (jwks != null && !isPublicKeySet(jwks)) {
    throw unusable(`jwks must hold 1 to ${MAX_KEYS} public keys, together at most ${MAX_KEYS_LENGTH} characters.`);
  }
  if (jwksUri != null && (typeof jwksUri !== 'string' || !documentUrl(jwksUri))) {
    throw unusable('jwks_uri must be an https URL with a path.');
  }
  return { jwks: jwks ?? null, jwksUri: jwksUri ?? null };
}

function readName(value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_NAME_LENGTH) {
    throw unusable(`client_name must be text of at most ${MAX_NAME_LENGTH} characters.`);
  }
  return withoutHidden(value);
}
