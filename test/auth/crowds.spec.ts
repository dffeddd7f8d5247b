import { expect, test } from '@jest/globals';
import { bearer, postForm, register, signIn, visitAuthorize } from '../support/oauth.js';
import { startServer } from '../support/server.js';
import { stored } from '../support/stored.js';

const count = (dataDir: string, table: string) =>
  stored(dataDir, (database) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());

test('Of the clients that never got a token, ten thousand are kept; clients that got one are not counted', async () => {
  await using server = await startServer();
  const used = `(id, name, auth_method, redirect_uris, grant_types, created_at, first_used_at)`;
  stored(
    server.dataDir,
    (database) => {
      const add = database.prepare(`INSERT INTO oauth_client ${used} VALUES (?, '', 'none', '[]', '[]', ?, ?)`);
      database.transaction(() => {
        add.run('cli_used', 0, 1);
        for (let i = 1; i <= 9_995; i++) add.run(`cli_${i}`, Date.now() - 20_000 + i, null);
      })();
    },
    false,
  );

  await Promise.all(Array.from({ length: 15 }, () => register(server.url, {})));
  const alice = await signIn(server.url, 'alice');
  await Promise.all(Array.from({ length: 15 }, () => register(server.url, {})));

  const ids = stored(server.dataDir, (database) =>
    database.prepare('SELECT id FROM oauth_client ORDER BY created_at').pluck().all(),
  );
  expect(ids.length).toBeGreaterThan(9_970);
  expect(ids.length).toBeLessThanOrEqual(10_002);
  expect(ids).toContain('cli_used');
  expect(ids).not.toContain('cli_1');
  expect(ids).toContain('cli_9995');
  expect(ids).toContain(alice.client_id);
  expect((await fetch(`${server.url}/list_channels`, { headers: bearer(alice) })).status).toBe(200);
});

test('Of the open consent requests, the newest fifty thousand can still be answered', async () => {
  await using server = await startServer();
  const redirect_uri = 'https://app.example/cb';
  const { client_id } = await register(server.url, { redirect_uris: [redirect_uri] });
  const ask = async () => {
    const asked = { client_id, redirect_uri, code_challenge: 'c'.repeat(43) };
    return /value="(pct_[^"]+)"/.exec(await (await visitAuthorize(server.url, asked)).text())?.[1] ?? '';
  };
  const click = (ticket: string) => postForm(`${server.url}/oauth/authorize`, { ticket, decision: 'deny' });

  // Most of them asked an hour later, which a test does not wait for.
  stored(
    server.dataDir,
    (database) =>
      database
        .prepare(
          `INSERT INTO consent_ticket (hash, client_id, request, expires_at)
           WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 49000)
           SELECT 'hash ' || i, ?, '{}', ? FROM n`,
        )
        .run(client_id, Date.now() + 4_200_000),
    false,
  );
  const first = await ask();
  let last = '';
  for (let i = 0; i < 101; i++) last = (await Promise.all(Array.from({ length: 10 }, ask)))[0] ?? '';

  expect(count(server.dataDir, 'consent_ticket')).toBeLessThanOrEqual(50_000);
  expect(count(server.dataDir, 'consent_ticket')).toBeGreaterThan(49_970);
  expect((await click(first)).status).toBe(400);
  expect((await click(last)).status).toBe(302);
});
