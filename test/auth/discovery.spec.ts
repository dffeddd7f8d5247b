import { describe, expect, test } from '@jest/globals';
import { useServer } from '../support/use-server.js';

const server = useServer();

const get = async (path: string) => (await fetch(`${server.url}${path}`)).json() as Promise<Record<string, unknown>>;

describe('Metadata of the authorization server', () => {
  test.each([
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/mcp',
    '/.well-known/openid-configuration',
    '/.well-known/openid-configuration/mcp',
  ])('is at %s', async (path) => {
    expect(await get(path)).toEqual({
      issuer: server.url,
      authorization_endpoint: `${server.url}/oauth/authorize`,
      token_endpoint: `${server.url}/token`,
      registration_endpoint: `${server.url}/register`,
      revocation_endpoint: `${server.url}/oauth/revoke`,
      scopes_supported: ['channels', 'bots', 'offline_access'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'EdDSA'],
      revocation_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'none',
        'private_key_jwt',
      ],
      revocation_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'EdDSA'],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
    });
  });
});

describe('Metadata of the resource', () => {
  test.each([
    ['', ''],
    ['/mcp', '/mcp'],
  ])('exists for the server%s', async (suffix, resource) => {
    expect(await get(`/.well-known/oauth-protected-resource${suffix}`)).toEqual({
      resource: `${server.url}${resource}`,
      authorization_servers: [server.url],
      scopes_supported: ['channels', 'bots'],
      bearer_methods_supported: ['header'],
      resource_name: 'Parley',
    });
  });
});

test('a client that uses localhost gets URLs with localhost, and the one issuer', async () => {
  const asked = server.url.replace('127.0.0.1', 'localhost');

  const metadata = await (await fetch(`${asked}/.well-known/oauth-protected-resource/mcp`)).json();

  expect(metadata).toMatchObject({ resource: `${asked}/mcp`, authorization_servers: [server.url] });
});

describe('Programs in a browser', () => {
  test.each([
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-protected-resource/mcp',
    '/register',
    '/oauth/register',
    '/token',
    '/oauth/token',
    '/oauth/revoke',
    '/revoke',
  ])('may ask from any origin whether they may call %s', async (path) => {
    const preflight = await fetch(`${server.url}${path}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    });

    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization.*mcp-protocol-version/i);
    expect(preflight.headers.get('access-control-expose-headers')).toBe(
      'WWW-Authenticate, Mcp-Session-Id, RateLimit, RateLimit-Policy, Retry-After',
    );
  });

  test('can read an error response too', async () => {
    const unreadable = await fetch(`${server.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    const refused = await fetch(`${server.url}/token`, { method: 'POST' });

    for (const { status, headers } of [unreadable, refused]) {
      expect(status).toBe(400);
      expect(headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  test('may not call the consent page', async () => {
    const page = await fetch(`${server.url}/oauth/authorize`);

    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  });
});
