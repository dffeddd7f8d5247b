import { expect, test } from '@jest/globals';
import { bearer, signIn, token } from '../support/oauth.js';
import { startServer } from '../support/server.js';

test('A server in open mode says on every account page that it has no accounts', async () => {
  await using server = await startServer();

  for (const path of ['/login', '/login/passkey', '/sign-up', '/account']) {
    const response = await fetch(server.url + path);

    expect(response.status).toBe(404);
    expect(await response.text()).toContain('This server has no accounts');
    expect(response.headers.getSetCookie()).toEqual([]);
  }
});

test('Guests of open mode have no access in accounts mode', async () => {
  const mode = { AUTH_MODE: 'open' };
  await using server = await startServer(mode);
  const guest = await signIn(server.url, 'guest');
  const ask = () => fetch(`${server.url}/list_channels`, { headers: bearer(guest) });
  expect((await ask()).status).toBe(200);

  await server.stop();
  mode.AUTH_MODE = 'accounts';
  await server.start();

  expect((await ask()).status).toBe(401);
  const { client_id, refresh_token } = guest;
  const refreshed = await token(server.url, { grant_type: 'refresh_token', client_id, refresh_token });
  expect(await refreshed.json()).toMatchObject({ error: 'invalid_grant' });
});
