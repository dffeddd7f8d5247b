import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { basic, postJson, register, token } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server[Symbol.asyncDispose]());

describe('Registering a client', () => {
  test.each(['register', 'oauth/register'])('works at /%s and tells the secret once', async (path) => {
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
      scope: 'channels bots arena',
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

  test.each(['Claude', 'ChatGPT'])('gives %s no token for its name', async (client_name) => {
    const client = await register(server.url, {
      client_name,
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
    });

    expect(Object.keys(client).filter((field) => /token$/.test(field))).toEqual([]);
  });

  test('lets a script in that names nothing but itself, as in the seed', async () => {
    const script = await register(server.url, { client_name: 'MCP Script Client', scope: 'mcp' });

    const response = await token(server.url, { grant_type: 'client_credentials', scope: 'mcp' }, basic(script));

    expect(response.status).toBe(200);
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

  test('a form', async () => {
    const response = await fetch(`${server.url}/register`, {
      method: 'POST',
      body: new URLSearchParams({ client_name: 'x' }),
    });

    expect(response.status).toBe(400);
  });

  test('a body of two megabytes', async () => {
    const response = await postJson(`${server.url}/register`, { client_name: 'x'.repeat(2_000_000) });

    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: 'invalid_client_metadata' });
  });
});
