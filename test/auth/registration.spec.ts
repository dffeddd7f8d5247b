import { describe, expect, test } from '@jest/globals';
import {
  authorize,
  basic,
  bearer,
  pkce,
  postForm,
  postJson,
  register,
  type SignedIn,
  token,
} from '../support/oauth.js';
import { startServer } from '../support/server.js';
import { callerOf } from '../support/stored.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

async function approvedHosted(metadata: { redirect_uris: string[] }): Promise<SignedIn> {
  const { client_id } = await register(server.url, metadata);
  const [redirect_uri = ''] = metadata.redirect_uris;
  const { verifier, challenge } = pkce();
  const back = await authorize(server.url, { client_id, redirect_uri, code_challenge: challenge });
  const form = { grant_type: 'authorization_code', client_id, code: back.get('code') ?? '', code_verifier: verifier };
  return { ...((await (await token(server.url, form)).json()) as SignedIn), client_id, redirect_uri };
}

describe('Registering a client', () => {
  test.each(['register', 'oauth/register'])('works at /%s and returns the secret once', async (path) => {
    const response = await postJson(`${server.url}/${path}`, {
      client_name: 'Desk',
      redirect_uris: ['https://app.example/cb'],
    });

    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      client_id: expect.stringMatching(/^cli_/),
      client_id_issued_at: expect.any(Number),
      client_secret: expect.stringMatching(/^pcs_[\w-]{43}$/),
      client_secret_expires_at: 0,
      client_name: 'Desk',
      redirect_uris: ['https://app.example/cb'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'channels bots',
    });
  });

  test('gives a public client no secret', async () => {
    const client = await register(server.url, {
      redirect_uris: ['http://localhost/cb'],
      token_endpoint_auth_method: 'none',
    });

    expect(client).not.toHaveProperty('client_secret');
    expect(client).not.toHaveProperty('client_secret_expires_at');
    expect(client.grant_types).toEqual(['authorization_code', 'refresh_token']);
  });

  test.each(['Claude', 'ChatGPT'])('gives %s no token because of its name', async (client_name) => {
    const client = await register(server.url, {
      client_name,
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
    });

    expect(Object.keys(client).filter((field) => /token$/.test(field))).toEqual([]);
  });

  test('accepts a script that gives only its name, as for the first server', async () => {
    const script = await register(server.url, { client_name: 'MCP Script Client', scope: 'mcp' });

    const response = await token(server.url, { grant_type: 'client_credentials', scope: 'mcp' }, basic(script));

    expect(response.status).toBe(200);
  });
});

describe('Registering the same metadata again', () => {
  const hosted = (changed: object = {}) =>
    register(server.url, {
      client_name: 'Hosted',
      redirect_uris: ['https://hosted.example/cb', 'https://hosted.example/other'],
      token_endpoint_auth_method: 'none',
      ...changed,
    });

  test('returns the same client, for every sender', async () => {
    const { client_id } = await hosted();

    const again = await Promise.all(Array.from({ length: 20 }, () => hosted()));
    const reordered = await hosted({ redirect_uris: ['https://hosted.example/other', 'https://hosted.example/cb'] });

    expect(new Set([...again, reordered].map((client) => client.client_id))).toEqual(new Set([client_id]));
    expect(reordered).toMatchObject({
      client_name: 'Hosted',
      redirect_uris: expect.arrayContaining(['https://hosted.example/cb']),
    });
  });

  test.each([
    ['with another name', { client_name: 'Other' }],
    [
      'with a redirect more',
      { redirect_uris: ['https://hosted.example/cb', 'https://hosted.example/other', 'https://mallory.example/cb'] },
    ],
    ['with a redirect less', { redirect_uris: ['https://hosted.example/cb'] }],
    ['for less', { grant_types: ['authorization_code'] }],
    ['with keys', { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ' }] } }],
    ['with a secret', { token_endpoint_auth_method: 'client_secret_post' }],
  ])('%s creates another client', async (_, changed) => {
    const [{ client_id }, other] = [await hosted(), await hosted(changed)];

    expect(other.client_id).not.toBe(client_id);
    expect((await hosted()).client_id).toBe(client_id);
  });

  test.each([
    ['a secret', { redirect_uris: ['https://hosted.example/cb'] }],
    ['an answer on this machine', { redirect_uris: ['http://localhost/cb'], token_endpoint_auth_method: 'none' }],
    ['an answer to an app', { redirect_uris: ['com.example.app:/cb'], token_endpoint_auth_method: 'none' }],
  ])('creates a client each time if there is %s', async (_, metadata) => {
    const [a, b] = [await register(server.url, metadata), await register(server.url, metadata)];

    expect(a.client_id).not.toBe(b.client_id);
    expect(a.client_secret).toBe(b.client_secret && a.client_secret);
    expect(new Set([a.client_secret, b.client_secret]).size).toBe(a.client_secret ? 2 : 1);
  });

  test('shares nothing else: signing out ends only one session', async () => {
    const metadata = {
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
      token_endpoint_auth_method: 'none',
    };
    const people = [await approvedHosted(metadata), await approvedHosted(metadata)];
    const [alice, bob] = people as [SignedIn, SignedIn];
    const status = async (who: SignedIn) =>
      (await fetch(`${server.url}/list_channels`, { headers: bearer(who) })).status;

    await postForm(`${server.url}/oauth/revoke`, { client_id: bob.client_id, token: bob.refresh_token });

    expect(alice.client_id).toBe(bob.client_id);
    expect([await status(alice), await status(bob)]).toEqual([200, 401]);
    const [a, b] = people.map(({ access_token }) => callerOf(server.dataDir, access_token)?.account_id);
    expect(a).toBeDefined();
    expect(b).not.toBe(a);
  });
});

describe('If a network may register five clients per hour', () => {
  test('the sixth is refused with a time to wait, and identical registrations do not count', async () => {
    await using strict = await startServer({ REGISTRATIONS_PER_HOUR: '5' });
    const hosted = { redirect_uris: ['https://hosted.example/cb'], token_endpoint_auth_method: 'none' };
    await register(strict.url, hosted);
    for (let i = 0; i < 4; i++) await register(strict.url, {});

    const sixth = await postJson(`${strict.url}/register`, {});

    expect(sixth.status).toBe(429);
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await sixth.json()).toEqual({ error: 'temporarily_unavailable', error_description: expect.any(String) });
    for (let i = 0; i < 10; i++) await register(strict.url, hosted);
  });
});

describe('What cannot be registered', () => {
  test.each([
    ['no JSON', '{', 'invalid_client_metadata'],
    ['a text', '"x"', 'invalid_client_metadata'],
    ['a list', '[]', 'invalid_client_metadata'],
    ['null', 'null', 'invalid_client_metadata'],
    ['a script as redirect', '{"redirect_uris":["javascript:alert(1)"]}', 'invalid_redirect_uri'],
    ['plain http elsewhere', '{"redirect_uris":["http://app.example/cb"]}', 'invalid_redirect_uri'],
  ])('%s', async (_, body, error) => {
    const response = await fetch(`${server.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error, error_description: expect.any(String) });
  });

  test('as a form', async () => {
    const response = await fetch(`${server.url}/register`, {
      method: 'POST',
      body: new URLSearchParams({ client_name: 'x' }),
    });

    expect(response.status).toBe(400);
  });

  test('with a body of two megabytes', async () => {
    const response = await postJson(`${server.url}/register`, { client_name: 'x'.repeat(2_000_000) });

    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: 'invalid_client_metadata' });
  });
});
