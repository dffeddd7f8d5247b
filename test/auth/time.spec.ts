import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { basic, bearer, register, signIn, token, visitAuthorize } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { age, stored } from '../support/stored.js';
import { approved, tokensOf } from './sign-in-steps.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ REFRESH_TOKEN_DAYS: '2' });
});
afterAll(async () => server[Symbol.asyncDispose]());

/** Lets time pass for a server that was stopped meanwhile: as it starts, it throws away what is of no use any more. */
async function afterPurge(table: string, column: string, ms: number) {
  await server.stop();
  age(server.dataDir, table, column, ms);
  await server.start();
}
const count = (table: string) =>
  stored(server.dataDir, (database) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());

describe('After its lifetime', () => {
  test('an access token is refused, and a refresh gives a new one', async () => {
    const alice = await signIn(server.url, 'alice');

    await afterPurge('access_token', 'expires_at', DAY);

    const called = await fetch(`${server.url}/list_channels`, { headers: bearer(alice) });
    expect(called.status).toBe(401);
    const { client_id, refresh_token } = alice;
    const refreshed = await token(server.url, { grant_type: 'refresh_token', client_id, refresh_token });
    expect(refreshed.status).toBe(200);
    expect(count('access_token')).toBe(1);
  });

  test('a refresh token is refused, unless it was used in between', async () => {
    const [alice, bob] = [await signIn(server.url, 'alice'), await signIn(server.url, 'bob')];
    const refresh = (client_id: string, refresh_token: string) =>
      token(server.url, { grant_type: 'refresh_token', client_id, refresh_token });

    await afterPurge('refresh_token', 'expires_at', 1.5 * DAY);
    const next = await tokensOf(await refresh(bob.client_id, bob.refresh_token));
    await afterPurge('refresh_token', 'expires_at', DAY);

    expect((await refresh(alice.client_id, alice.refresh_token)).status).toBe(400);
    expect((await refresh(bob.client_id, next.refresh_token)).status).toBe(200);
  });

  test('a code is refused', async () => {
    const { form } = await approved(server.url);

    age(server.dataDir, 'authorization_code', 'expires_at', MINUTE);

    expect((await token(server.url, form)).status).toBe(400);
  });

  test('a used code that is sent again still ends the session', async () => {
    const { form } = await approved(server.url);
    const { access_token } = await tokensOf(await token(server.url, form));

    age(server.dataDir, 'authorization_code', 'expires_at', 60 * MINUTE);
    await token(server.url, form);

    const called = await fetch(`${server.url}/list_channels`, { headers: bearer({ access_token }) });
    expect(called.status).toBe(401);
  });

  test('a used refresh token no longer counts as a repeated request', async () => {
    const alice = await signIn(server.url, 'alice');
    const form = { grant_type: 'refresh_token', client_id: alice.client_id, refresh_token: alice.refresh_token };
    const next = await tokensOf(await token(server.url, form));

    age(server.dataDir, 'refresh_token', 'rotated_at', MINUTE);

    expect((await token(server.url, form)).status).toBe(400);
    const called = await fetch(`${server.url}/list_channels`, { headers: bearer(next) });
    expect(called.status).toBe(401);
  });
});

test('a client that never got a token is deleted after a day; others, and one that registered again, are kept', async () => {
  const idle = await register(server.url, { redirect_uris: ['https://app.example/cb'] });
  const script = await register(server.url, {});
  await token(server.url, { grant_type: 'client_credentials' }, basic(script));
  await visitAuthorize(server.url, {
    client_id: idle.client_id,
    redirect_uri: 'https://app.example/cb',
    code_challenge: 'c'.repeat(43),
  });

  const hosted = { redirect_uris: ['https://hosted.example/cb'], token_endpoint_auth_method: 'none' };
  const { client_id } = await register(server.url, hosted);

  await afterPurge('oauth_client', 'created_at', DAY - 60 * MINUTE);
  await register(server.url, hosted);
  await afterPurge('oauth_client', 'created_at', 60 * MINUTE);

  expect((await register(server.url, hosted)).client_id).toBe(client_id);
  const grant = { grant_type: 'client_credentials' };
  expect((await token(server.url, grant, basic(idle))).status).toBe(401);
  expect((await token(server.url, grant, basic(script))).status).toBe(200);
  expect(count('consent_ticket')).toBe(0);
});
