import { OauthError } from '../../protocol/oauth-error.js';
import { type ClientMetadata, readClientMetadata } from '../client-metadata.js';

/**
 * Reads the metadata document of a client, which replaces a registration
 * (draft-ietf-oauth-client-id-metadata-document). The document is public, so it cannot contain a shared secret; a
 * client that supports `none` is treated as public even if it prefers to sign. Throws an OauthError that says what is
 * invalid.
 */
export function readClientDocument(json: unknown, url: URL): ClientMetadata {
  const document = (json ?? {}) as Record<string, unknown>;
  if (document.client_id !== url.href) throw unusable('its client_id differs from its address');
  if ('client_secret' in document) throw unusable('it contains a secret');
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

/** The default grants. A program that signs in as itself must register instead. */
const USUAL_GRANTS = ['authorization_code', 'refresh_token'];

function authMethodOf({ token_endpoint_auth_method: preferred = 'none', ...document }: Record<string, unknown>) {
  const { token_endpoint_auth_methods_supported: supported } = document;
  if (Array.isArray(supported) && supported.includes('none')) return 'none';
  if (preferred === 'none' || preferred === 'private_key_jwt') return preferred;
  throw unusable('it uses a client secret, which a public document cannot keep');
}

const unusable = (why: string) =>
  new OauthError('invalid_client', `The metadata document of this app cannot be used: ${why}.`);
