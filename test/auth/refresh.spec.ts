import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { basic, bearer, postForm, register, signIn, token } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { callerOf, stored } from '../support/stored.js';
import { useServer } from '../support/use-server.js';
import { approved, CONFIDENTIAL, PUBLIC, tokensOf } from './sign-in-steps.js';

const server = useServer();

const refresh = (client_id: string, refresh_token: string, more: Record<string, string> = {}) =>
  token(server.url, { grant_type: 'refresh_token', client_id, refresh_token, ...more });
const statusWith = async (access_token: string) =>
  (await fetch(`${server.url}/list_channels`, { headers: bearer({ access_token }) })).status;

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
const change = (work: Parameters<typeof stored>[1]) => stored(server.dataDir, work, false);
/** The live ends of the session that an access token belongs to. */
const linesOf = (accessToken = '') =>
  stored(server.dataDir, (database) =>
    database
      .prepare(
        `SELECT generation FROM refresh_token WHERE rotated_at IS NULL
         AND session_id = (SELECT session_id FROM access_token WHERE hash = ?)`,
      )
      .all(hashOf(accessToken)),
  );

describe('Refreshing', () => {
  test('gives new tokens of the same session', async () => {
    const alice = await signIn(server.url, 'alice');

    const next = await tokensOf(await refresh(alice.client_id, alice.refresh_token));

    expect(next.refresh_token).not.toBe(alice.refresh_token);
    expect(await statusWith(next.access_token)).toBe(200);
    const [before, after] = [alice, next].map(({ access_token }) => callerOf(server.dataDir, access_token));
    expect([after?.session_id, after?.account_id]).toEqual([before?.session_id, before?.account_id]);
  });

  test('ignores unknown scopes', async () => {
    const alice = await signIn(server.url, 'alice');

    const response = await refresh(alice.client_id, alice.refresh_token, { scope: 'channels offline_access' });

    expect((await tokensOf(response)).scope).toBe('channels');
  });

  test('never grants more scopes than were approved', async () => {
    const { form, client } = await approved(server.url, PUBLIC, { scope: 'channels' });
    const { refresh_token } = await tokensOf(await token(server.url, form));

    const response = await refresh(client.client_id, refresh_token, { scope: 'channels bots' });

    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_scope' }),
    ]);
    // It is not used up: after the grace its next use would count as theft.
    const kept = stored(server.dataDir, (database) =>
      database.prepare('SELECT rotated_at FROM refresh_token WHERE hash = ?').get(hashOf(refresh_token)),
    );
    expect(kept).toEqual({ rotated_at: null });
    expect((await refresh(client.client_id, refresh_token)).status).toBe(200);
  });

  test('keeps the resource', async () => {
    const { form, client } = await approved(server.url, PUBLIC, { resource: `${server.url}/mcp` });
    const { refresh_token } = await tokensOf(await token(server.url, form));

    const other = await refresh(client.client_id, refresh_token, { resource: server.url });
    const same = await tokensOf(await refresh(client.client_id, refresh_token));

    expect([other.status, await other.json()]).toEqual([400, expect.objectContaining({ error: 'invalid_target' })]);
    expect(callerOf(server.dataDir, same.access_token)?.resource).toBe(`${server.url}/mcp`);
  });

  test('is refused to another client, and nothing changes', async () => {
    const [alice, mallory] = [await signIn(server.url, 'alice'), await signIn(server.url, 'mallory')];

    expect((await refresh(mallory.client_id, alice.refresh_token)).status).toBe(400);
    expect((await refresh(alice.client_id, alice.refresh_token)).status).toBe(200);
  });
});

describe('A refresh token that is used twice', () => {
  test('at the same time gives all callers the same successor', async () => {
    const alice = await signIn(server.url, 'alice');

    const answers = await Promise.all([1, 2, 3].map(() => refresh(alice.client_id, alice.refresh_token)));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const [first, ...others] = (await Promise.all(answers.map(tokensOf))).map(({ expires_in: _, ...tokens }) => tokens);
    expect(others).toEqual([first, first]);
    expect(linesOf(first?.access_token)).toEqual([{ generation: 2 }]);
  });

  test('within the grace period gives the same successor, even if fewer or other scopes are requested', async () => {
    const alice = await signIn(server.url, 'alice');
    const first = await tokensOf(await refresh(alice.client_id, alice.refresh_token));

    const less = await tokensOf(await refresh(alice.client_id, alice.refresh_token, { scope: 'channels' }));
    const bound = await tokensOf(await refresh(alice.client_id, alice.refresh_token, { resource: server.url }));

    expect([less.refresh_token, bound.refresh_token]).toEqual([first.refresh_token, first.refresh_token]);
    expect(linesOf(first.access_token)).toEqual([{ generation: 2 }]);
  });

  test('within the grace period, when the access token has expired, gives a new access token with the same refresh token', async () => {
    const alice = await signIn(server.url, 'alice');
    const first = await tokensOf(await refresh(alice.client_id, alice.refresh_token));
    change((database) =>
      database.prepare('UPDATE access_token SET expires_at = 1 WHERE hash = ?').run(hashOf(first.access_token)),
    );

    const again = await tokensOf(await refresh(alice.client_id, alice.refresh_token));

    expect(again.refresh_token).toBe(first.refresh_token);
    expect(await statusWith(again.access_token)).toBe(200);
    expect(again).toEqual(await tokensOf(await refresh(alice.client_id, alice.refresh_token)));
  });

  test('by a thief is detected when the second party uses the successor', async () => {
    const alice = await signIn(server.url, 'alice');
    const hers = await tokensOf(await refresh(alice.client_id, alice.refresh_token));
    const stolen = await tokensOf(await refresh(alice.client_id, alice.refresh_token));
    const next = await tokensOf(await refresh(alice.client_id, stolen.refresh_token));
    const last = await tokensOf(await refresh(alice.client_id, next.refresh_token));

    const noticed = await refresh(alice.client_id, hers.refresh_token);

    expect(noticed.status).toBe(400);
    expect(await statusWith(last.access_token)).toBe(401);
    expect((await refresh(alice.client_id, last.refresh_token)).status).toBe(400);
  });

  test('cannot be recovered from the stored data: that needs the used token', async () => {
    const alice = await signIn(server.url, 'alice');
    const next = await tokensOf(await refresh(alice.client_id, alice.refresh_token));

    const kept = () =>
      stored(server.dataDir, (database) =>
        database.prepare('SELECT successor FROM refresh_token WHERE hash = ?').pluck().get(hashOf(alice.refresh_token)),
      ) as string | null;
    expect(Buffer.from(kept() ?? '', 'base64url').toString('latin1')).not.toContain('prt_');
    expect(kept()).toMatch(/^[\w-]{100,}$/);
    await refresh(alice.client_id, next.refresh_token);
    expect(kept()).toBeNull();
  });

  test('ends both branches of a session that an older version had forked, if both are used', async () => {
    const alice = await signIn(server.url, 'alice');
    const next = await tokensOf(await refresh(alice.client_id, alice.refresh_token));
    change((database) =>
      database
        .prepare(
          `INSERT INTO refresh_token (hash, session_id, client_id, generation, resource, rotated_at, expires_at)
           SELECT ?, session_id, client_id, generation, resource, NULL, expires_at FROM refresh_token WHERE hash = ?`,
        )
        .run(hashOf('prt_sibling'), hashOf(next.refresh_token)),
    );
    const last = await tokensOf(await refresh(alice.client_id, next.refresh_token));

    const sibling = await refresh(alice.client_id, 'prt_sibling');

    expect(sibling.status).toBe(400);
    expect(await statusWith(last.access_token)).toBe(401);
    expect((await refresh(alice.client_id, last.refresh_token)).status).toBe(400);
  });

  test('after its successor was used ends the session', async () => {
    const alice = await signIn(server.url, 'alice');
    const second = await tokensOf(await refresh(alice.client_id, alice.refresh_token));
    const third = await tokensOf(await refresh(alice.client_id, second.refresh_token));

    const reuse = await refresh(alice.client_id, alice.refresh_token);

    expect([reuse.status, await reuse.json()]).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })]);
    expect(await statusWith(third.access_token)).toBe(401);
    expect((await refresh(alice.client_id, third.refresh_token)).status).toBe(400);
  });
});

describe('A crash', () => {
  let crashing: RunningServer;
  beforeAll(async () => {
    crashing = await startServer();
  });
  afterAll(async () => crashing[Symbol.asyncDispose]());

  test('between the refresh and its answer: a client that repeats the request gets the lost answer', async () => {
    const { client_id, refresh_token } = await signIn(crashing.url, 'alice');
    const form = { grant_type: 'refresh_token', client_id, refresh_token };
    const unheard = await tokensOf(await token(crashing.url, form));

    await crashing.crashAndRestart();
    const heard = await tokensOf(await token(crashing.url, form));

    expect(heard.refresh_token).toBe(unheard.refresh_token);
    const next = await token(crashing.url, { ...form, refresh_token: heard.refresh_token });
    expect(next.status).toBe(200);
  });

  test('loses no client, token or approval', async () => {
    const alice = await signIn(crashing.url, 'alice');
    const script = await register(crashing.url, {});
    const { form } = await approved(crashing.url);

    await crashing.crashAndRestart();

    const called = await fetch(`${crashing.url}/list_channels`, { headers: bearer(alice) });
    expect(called.status).toBe(200);
    const { client_id, refresh_token } = alice;
    const answers = [
      await token(crashing.url, { grant_type: 'refresh_token', client_id, refresh_token }),
      await token(crashing.url, { grant_type: 'client_credentials' }, basic(script)),
      await token(crashing.url, form),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('Revoking', () => {
  test.each(['access_token', 'refresh_token'] as const)('the %s ends the session', async (kind) => {
    const alice = await signIn(server.url, 'alice');

    const response = await postForm(`${server.url}/oauth/revoke`, { token: alice[kind], client_id: alice.client_id });

    expect(response.status).toBe(200);
    expect(await statusWith(alice.access_token)).toBe(401);
    expect((await refresh(alice.client_id, alice.refresh_token)).status).toBe(400);
  });

  test('an unknown token, or one of another client, gets a 200 and changes nothing', async () => {
    const [alice, mallory] = [await signIn(server.url, 'alice'), await signIn(server.url, 'mallory')];
    const asMallory = (named: string) =>
      postForm(`${server.url}/revoke`, { token: named, client_id: mallory.client_id });

    expect((await asMallory('prt_unknown')).status).toBe(200);
    expect((await asMallory(alice.refresh_token)).status).toBe(200);
    expect(await statusWith(alice.access_token)).toBe(200);
  });

  test.each(['access_token', 'refresh_token', 'id_token', ''])(
    'finds the token whatever kind the request names: %j',
    async (token_type_hint) => {
      const alice = await signIn(server.url, 'alice');
      const form = { token: alice.access_token, token_type_hint, client_id: alice.client_id };

      expect((await postForm(`${server.url}/oauth/revoke`, form)).status).toBe(200);
      expect(await statusWith(alice.access_token)).toBe(401);
    },
  );

  test('twice is a 200 both times; without a token it is an invalid request', async () => {
    const { client_id, refresh_token } = await signIn(server.url, 'alice');
    const revoke = (form: Record<string, string>) => postForm(`${server.url}/oauth/revoke`, { client_id, ...form });

    const [first, second] = [await revoke({ token: refresh_token }), await revoke({ token: refresh_token })];
    const nothing = await revoke({});

    expect([first.status, second.status]).toEqual([200, 200]);
    expect([nothing.status, await nothing.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_request' }),
    ]);
  });

  test('is possible only for a client that authenticates itself', async () => {
    const { form, client } = await approved(server.url, CONFIDENTIAL);
    const { access_token } = await tokensOf(await token(server.url, form, basic(client)));
    const revoke = (more: Record<string, string>) =>
      postForm(`${server.url}/oauth/revoke`, { token: access_token, client_id: client.client_id, ...more });

    expect((await revoke({})).status).toBe(401);
    expect((await revoke({ client_secret: 'pcs_wrong' })).status).toBe(401);
    expect(await statusWith(access_token)).toBe(200);
    expect((await revoke({ client_secret: client.client_secret ?? '' })).status).toBe(200);
    expect(await statusWith(access_token)).toBe(401);
  });

  test('requires a client', async () => {
    const response = await postForm(`${server.url}/oauth/revoke`, { token: 'x', client_id: 'cli_nobody' });

    expect(response.status).toBe(401);
  });
});
