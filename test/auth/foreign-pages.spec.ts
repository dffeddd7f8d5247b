import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WITH_ACCOUNTS } from '../support/accounts.js';
import { basic, LOOPBACK_REDIRECT, pkce, register } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { stored } from '../support/stored.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server[Symbol.asyncDispose]());

const METADATA = JSON.stringify({
  client_name: 'Page',
  redirect_uris: [LOOPBACK_REDIRECT],
  token_endpoint_auth_method: 'none',
});
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const counted = () =>
  stored(server.dataDir, (database) =>
    ['oauth_client', 'account', 'session', 'authorization_code'].map((table) =>
      database.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
    ),
  );

/** What browsers send for pages that may not call. */
const FOREIGN: Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'file://' },
  { origin: 'https://claude.ai.evil.example' },
  { origin: 'http://localhost.evil.example:8100' },
  { origin: 'vscode-webview://x' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'cross-site', referer: 'https://evil.example/' },
  { 'sec-fetch-site': 'cross-site', origin: 'null', referer: 'https://claude.ai/' },
];
const ALLOWED: Record<string, string>[] = [
  {},
  { origin: 'http://localhost:6274' },
  { origin: 'http://127.0.0.1:6274', 'sec-fetch-site': 'cross-site' },
  { origin: 'https://claude.ai', 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'none' },
  { 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'cross-site', referer: 'http://localhost:6274/' },
];

/** How the address of an endpoint may be written so that it is found. */
const ROUTED = [
  '/register',
  '/REGISTER',
  '/Oauth/Register',
  '/register/',
  '/OAUTH/REGISTER/',
  '/REGISTER?a=1',
  '/register/?a=/b',
  'http://localhost/register',
  'HTTP://LOCALHOST/REGISTER/?a=1',
];
const SPELLINGS = [
  ...ROUTED,
  '//register',
  '/register//',
  '//oauth/register',
  '/oauth//register',
  '/%72egister',
  '/oauth%2fregister',
  '/oauth%2Fregister',
  '/register%2f',
  '/register%3f',
  '/./register',
  '/oauth/../register',
  '/register;a=1',
  '/.well-known/../register',
  '/x/register',
];

/** The status of an answer to a POST whose target is sent as it is written here, which \`fetch\` would tidy up. */
function raw(path: string, headers: Record<string, string>, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path, method: 'POST', headers, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    })
      .on('error', reject)
      .end(body);
  });
}

describe('In open mode', () => {
  test.each(FOREIGN)('a foreign page cannot create a client or a guest: %j', async (headers) => {
    const script = await register(server.url, { client_name: 'Script' });
    const before = counted();

    const answers = [];
    for (const path of ['register', 'oauth/register', 'register/']) {
      answers.push(
        await fetch(`${server.url}/${path}`, { method: 'POST', headers: { ...json, ...headers }, body: METADATA }),
      );
    }
    for (const path of ['token', 'oauth/token']) {
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      answers.push(
        await fetch(`${server.url}/${path}`, {
          method: 'POST',
          headers: { ...form, ...basic(script), ...headers },
          body,
        }),
      );
    }

    for (const answer of answers) {
      expect(answer.status).toBe(403);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(await answer.json()).toMatchObject({ code: 'FORBIDDEN_ORIGIN' });
    }
    expect(counted()).toEqual(before);
  });

  test.each(SPELLINGS)('%s cannot be used by a foreign page as a way around this', async (target) => {
    const before = counted();

    const answer = await raw(target, { ...json, 'sec-fetch-site': 'cross-site' }, METADATA);
    const asApp = await raw(target, json, METADATA);

    // What Express routes to the endpoint is refused as the endpoint, and what it does not is nowhere.
    expect(answer).toBe(asApp === 201 ? 403 : 404);
    expect(counted()[0]).toBe((before[0] as number) + (asApp === 201 ? 1 : 0));
  });

  test.each(ROUTED)('%s treats sent credentials as those of a client, never of a caller', async (target) => {
    const client = { ...json, authorization: 'Bearer of-nobody' };

    expect(await raw(target, client, JSON.stringify({ client_name: target }))).toBe(201);
  });

  test.each(ALLOWED)('an allowed page registers and gets tokens: %j', async (headers) => {
    const registered = await fetch(`${server.url}/register`, {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify({ client_name: 'Script' }),
    });
    const client = (await registered.json()) as { client_id: string };
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const got = await fetch(`${server.url}/token`, {
      method: 'POST',
      headers: { ...form, ...basic(client), ...headers },
      body,
    });

    expect([registered.status, got.status]).toEqual([201, 200]);
  });

  const ask = async (headers: Record<string, string>) => {
    const { client_id } = await register(server.url, JSON.parse(METADATA));
    const query = new URLSearchParams({
      response_type: 'code',
      client_id,
      redirect_uri: LOOPBACK_REDIRECT,
      code_challenge_method: 'S256',
      code_challenge: pkce().challenge,
    });
    return fetch(`${server.url}/oauth/authorize?${query}`, { headers, redirect: 'manual' });
  };

  test.each(FOREIGN)('a foreign page gets no code without a click: %j', async (headers) => {
    const answer = await ask(headers);

    expect(answer.headers.get('location')).toBeNull();
    expect(await answer.text()).toContain('name="ticket"');
  });

  test.each(ALLOWED)('an allowed page gets a code: %j', async (headers) => {
    expect((await ask(headers)).headers.get('location')).toContain('code=pac_');
  });

  test('any page may read the sign-in metadata, and revoke tokens', async () => {
    const headers = { origin: 'https://evil.example' };

    const metadata = await fetch(`${server.url}/.well-known/oauth-authorization-server`, { headers });
    const out = await fetch(`${server.url}/revoke`, {
      method: 'POST',
      headers: { ...form, ...headers },
      body: 'token=x',
    });

    expect(metadata.status).toBe(200);
    expect(out.status).toBe(401);
  });
});

test('In accounts mode, a page of any origin may register and request tokens, because people approve it', async () => {
  await using accounts = await startServer(WITH_ACCOUNTS);
  const headers = { ...json, origin: 'https://some-client.example', 'sec-fetch-site': 'cross-site' };

  const answer = await fetch(`${accounts.url}/register`, { method: 'POST', headers, body: METADATA });

  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([201, '*']);
});
