import { type ClientMetadata, readClientMetadata } from '../client-metadata.js';
import { OauthFailure } from '../oauth-failure.js';

/**
 * Reads the metadata document of a client, which is its registration (draft-ietf-oauth-client-id-metadata-document). Anyone
 * can read it, so no shared secret can stand in it; a client that can do without a secret is a public one, even where it
 * would rather sign. Throws an OauthFailure that says what is wrong with it.
 */
export function readClientDocument(json: unknown, url: URL): ClientMetadata {
  const document = (json ?? {}) as Record<string, unknown>;
  if (document.client_id !== url.href) throw unusable('its client_id is not its own address');
  if ('client_secret' in document) throw unusable('there is a secret in it');
  const authMethod = authMethodOf(document);
  const named = Array.isArray(document.grant_types) ? document.grant_types : USUAL_GRANTS;
  const metadata = readClientMetadata({
    ...document,
    client_name: document.client_name || url.hostname,
    token_endpoint_auth_method: authMethod,
    grant_types: named.filter((grant) => USUAL_GRANTS.includes(grant)),
  });
  if (!metadata.redirectUris.length) throw unusable('it names no redirect URI');
  return metadata;
}

/** A document speaks for people who approve; a program that signs in as itself registers. */
const USUAL_GRANTS = ['authorization_code', 'refresh_token'];

function authMethodOf({ token_endpoint_auth_method: preferred = 'none', ...document }: Record<string, unknown>) {
  const { token_endpoint_auth_methods_supported: supported } = document;
  if (Array.isArray(supported) && supported.includes('none')) return 'none';
  if (preferred === 'none' || preferred === 'private_key_jwt') return preferred;
  throw unusable('it asks for a secret that it could not keep');
}

const unusable = (why: string) =>
  new OauthFailure('invalid_client', `The metadata document of this app cannot be used: ${why}.`);
