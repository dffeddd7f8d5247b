import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { basic, bearer, postForm, register, signIn, token } from '../support/oauth.js';
import { startServer } from '../support/server.js';
import { callerOf, stored } from '../support/stored.js';
import { useServer } from '../support/use-server.js';
import { approved, CONFIDENTIAL, PUBLIC, tokensOf } from './sign-in-steps.js';

const server = useServer();

const refresh = (client_id: string, refresh_token: string, more: Record<string, string> = {}) =>
  token(server.url, { grant_type: 'refresh_token', client_id, refresh_token, ...more });
const statusWith = async (access_token: string) =>
  (await fetch(`${server.url}/list_channels`, { headers: bearer({ access_token }) })).status;

describe('Refreshing', () => {
  test('gives new tokens of the same session', async () => {
    const alice = await signIn(server.url, 'alice');

    const next = await tokensOf(await refresh(alice.client_id, alice.refresh_token));

    expect(next.refresh_token).not.toBe(alice.refresh_token);
    expect(await statusWith(next.access_token)).toBe(200);
    const [before, after] = [alice, next].map(({ access_token }) => callerOf(server.dataDir, access_token));
    expect([after?.session_id, after?.account_id]).toEqual([before?.session_id, before?.account_id]);
  });

  test('passes over scopes that are not ours', async () => {
    const alice = await signIn(server.url, 'alice');

    const response = await refresh(alice.client_id, alice.refresh_token, { scope: 'channels offline_access' });

    expect((await tokensOf(response)).scope).toBe('channels');
  });

  test('never gives more than was granted', async () => {
    const { form, client } = await approved(server.url, PUBLIC, { scope: 'channels' });
    const { refresh_token } = await tokensOf(await token(server.url, form));

    const response = await refresh(client.client_id, refresh_token, { scope: 'channels bots arena' });

    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_scope' }),
    ]);
    // It is not used up: after the grace its next use would count as theft.
    const hash = createHash('sha256').update(refresh_token).digest('hex');
    const kept = stored(server.dataDir, (database) =>
      database.prepare('SELECT rotated_at FROM refresh_token WHERE hash = ?').get(hash),
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

  test('is refused to another client, and that changes nothing', async () => {
    const [alice, mallory] = [await signIn(server.url, 'alice'), await signIn(server.url, 'mallory')];

    expect((await refresh(mallory.client_id, alice.refresh_token)).status).toBe(400);
    expect((await refresh(alice.client_id, alice.refresh_token)).status).toBe(200);
  });
});

describe('A refresh token that is used twice', () => {
  test('at the same time gives both the same session', async () => {
    const alice = await signIn(server.url, 'alice');

    const answers = await Promise.all([1, 2, 3].map(() => refresh(alice.client_id, alice.refresh_token)));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const tokens = await Promise.all(answers.map(tokensOf));
    const sessions = tokens.map(({ access_token }) => callerOf(server.dataDir, access_token)?.session_id);
    expect(new Set(sessions).size).toBe(1);
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
  test('loses no client, no token and no approval', async () => {
    await using crashing = await startServer();
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

  test('what is unknown or somebody else’s is a 200 that changes nothing', async () => {
    const [alice, mallory] = [await signIn(server.url, 'alice'), await signIn(server.url, 'mallory')];
    const asMallory = (named: string) =>
      postForm(`${server.url}/revoke`, { token: named, client_id: mallory.client_id });

    expect((await asMallory('prt_unknown')).status).toBe(200);
    expect((await asMallory(alice.refresh_token)).status).toBe(200);
    expect(await statusWith(alice.access_token)).toBe(200);
  });

  test.each(['access_token', 'refresh_token', 'id_token', ''])(
    'finds the token whatever kind it is said to be: %j',
    async (token_type_hint) => {
      const alice = await signIn(server.url, 'alice');
      const form = { token: alice.access_token, token_type_hint, client_id: alice.client_id };

      expect((await postForm(`${server.url}/oauth/revoke`, form)).status).toBe(200);
      expect(await statusWith(alice.access_token)).toBe(401);
    },
  );

  test('twice is a 200 both times, and no token at all is no request', async () => {
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

  test('is for the client that proves to be it', async () => {
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

  test('needs a client', async () => {
    const response = await postForm(`${server.url}/oauth/revoke`, { token: 'x', client_id: 'cli_nobody' });

    expect(response.status).toBe(401);
  });
});
