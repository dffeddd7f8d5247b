import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, register, type SignedIn, signIn, token } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { stored } from '../support/stored.js';

let server: RunningServer;
let alice: SignedIn;
beforeAll(async () => {
  server = await startServer({ ACCESS_TOKEN_MINUTES: '1' });
  alice = await signIn(server.url, 'alice');
});
afterAll(async () => await server[Symbol.asyncDispose]());

const call = (headers: Record<string, string> = {}, path = '/list_channels') =>
  fetch(`${server.url}${path}`, { headers });

describe('A valid token', () => {
  test('gives access, however the scheme is spelled', async () => {
    expect((await call(bearer(alice))).status).toBe(200);
    expect((await call({ authorization: `bearer ${alice.access_token}` })).status).toBe(200);
  });

  test('comes with its lifetime', () => {
    expect(alice.expires_in).toBe(60);
  });

  test('is ignored at endpoints where clients authenticate themselves', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'prt_x', client_id: alice.client_id };

    expect((await call({ authorization: 'Bearer nonsense' }, '/.well-known/openid-configuration')).status).toBe(200);
    expect((await token(server.url, form, { authorization: 'Bearer nonsense' })).status).toBe(400);
  });
});

describe('A request without a token', () => {
  test('gets a 401 that says where to get one, without an error code', async () => {
    const response = await call();

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer resource_metadata="${server.url}/.well-known/oauth-protected-resource", scope="channels bots"`,
    );
    expect(await response.json()).toMatchObject({ code: 'AUTHENTICATION_REQUIRED' });
  });

  test('is answered by operations that need no token', async () => {
    expect((await call({}, '/health_check')).status).toBe(200);
  });

  test('that has a token in the query gets a 401 too', async () => {
    const response = await call({}, `/list_channels?access_token=${alice.access_token}`);

    expect(response.status).toBe(401);
  });
});

describe('An invalid token', () => {
  test.each([
    ['unknown', 'Bearer pat_unknown'],
    ['a refresh token', () => `Bearer ${alice.refresh_token}`],
    ['changed in its case', () => `Bearer ${alice.access_token.toUpperCase()}`],
    ['empty', 'Bearer'],
    ['two tokens', 'Bearer a b'],
    ['not a token', 'Bearer "quoted"'],
  ])('gets a 401 if it is %s, also at operations that need no token', async (_, header) => {
    const authorization = typeof header === 'string' ? header : header();

    for (const path of ['/list_channels', '/health_check']) {
      const response = await call({ authorization }, path);

      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
      expect(await response.json()).toMatchObject({
        code: 'INVALID_TOKEN',
        error: 'invalid_token',
        error_description: expect.any(String),
      });
    }
  });

  test('gets a 401 at the MCP endpoint, with the metadata of that endpoint', async () => {
    const response = await call({ authorization: 'Bearer x' }, '/mcp?tools=arena');

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain(
      `resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp"`,
    );
  });

  test('includes a valid token that is sent in two headers', async () => {
    const status = await new Promise((answer, fail) => {
      const value = `Bearer ${alice.access_token}`;
      const { host } = new URL(server.url);
      request(`${server.url}/list_channels`, {
        headers: ['Host', host, 'Authorization', value, 'Authorization', value],
      })
        .on('response', ({ statusCode }) => answer(statusCode))
        .on('error', fail)
        .end();
    });

    expect(status).toBe(401);
  });
});

test('The credentials of a client give no access to operations', async () => {
  const { client_id, client_secret } = await register(server.url, {});

  const response = await call({ authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` });

  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ code: 'AUTHENTICATION_REQUIRED' });
});

test.each([
  ['this server', (url: string) => url, 200],
  ['its MCP endpoint', (url: string) => `${url}/mcp`, 200],
  ['another server', () => 'https://other.example/mcp', 401],
  ['another endpoint of this machine', (url: string) => `${url}1/mcp`, 401],
])('A token for %s', async (_, resource, status) => {
  const { access_token } = await signIn(server.url, 'bob');
  const hash = createHash('sha256').update(access_token).digest('hex');
  stored(
    server.dataDir,
    (database) =>
      database.prepare('UPDATE access_token SET resource = ? WHERE hash = ?').run(resource(server.url), hash),
    false,
  );

  expect((await call(bearer({ access_token }))).status).toBe(status);
});
