import { expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';

test('A server without accounts says so on every page for them', async () => {
  await using server = await startServer();

  for (const path of ['/login', '/login/passkey', '/sign-up', '/account']) {
    const response = await fetch(server.url + path);

    expect(response.status).toBe(404);
    expect(await response.text()).toContain('This server has no accounts');
    expect(response.headers.getSetCookie()).toEqual([]);
  }
});
