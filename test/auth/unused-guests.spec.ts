import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  authorize,
  basic,
  bearer,
  LOOPBACK_REDIRECT,
  pkce,
  register,
  type SignedIn,
  signIn,
  token,
} from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { age, stored } from '../support/stored.js';
import { tokensOf } from './sign-in-steps.js';

const DAY_MS = 86_400_000;

/** Everybody whose tokens still open something, as the test calls them. */
let alive: () => Promise<string[]>;
let clients: () => unknown[];
let server: RunningServer;

/** Lets days pass for a server that is stopped: for its guests, their sessions and their clients. */
async function daysPass(days: number) {
  await server.stop();
  const times = [
    ['account', 'created_at'],
    ['session', 'created_at'],
    ['session', 'used_at'],
    ['oauth_client', 'created_at'],
  ] as const;
  for (const [table, column] of times) age(server.dataDir, table, column, days * DAY_MS);
  await server.start();
}

beforeAll(async () => {
  server = await startServer({ REFRESH_TOKEN_DAYS: '90' });
});
afterAll(async () => await server[Symbol.asyncDispose]());

describe('Guests of open mode', () => {
  test('are deleted if they never did anything; those that created or joined something stay', async () => {
    const names = ['silent', 'looked', 'creator', 'joined', 'left', 'machine'] as const;
    const guests: Record<string, { access_token: string }> = {};
    for (const name of names.slice(0, -1)) guests[name] = await signIn(server.url, name);
    const script = await register(server.url, { client_name: 'Script' });
    guests.machine = await tokensOf(await token(server.url, { grant_type: 'client_credentials' }, basic(script)));
    const call = async (name: string, operation: string, body: object) => {
      const response = await fetch(`${server.url}/${operation}`, {
        method: 'POST',
        headers: { ...bearer(guests[name] as SignedIn), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await response.json()) as { channel_id: string; invites: string[] };
    };
    const look = (name: string) =>
      fetch(`${server.url}/list_channels`, { headers: bearer(guests[name] as SignedIn) }).then(({ status }) => status);
    await look('looked');
    const made = await call('creator', 'create_channel', { name: 'Room', slots: ['invite:player', 'invite:player'] });
    await call('joined', 'join_channel', { invite_code: made.invites[0] });
    await call('left', 'join_channel', { invite_code: made.invites[1] });
    await call('left', 'leave_channel', { channel_id: made.channel_id });
    await register(server.url, { client_name: 'Never let in' });
    // Asked of the file: a call would count as being used.
    alive = async () => {
      const rows = stored(server.dataDir, (database) =>
        database
          .prepare('SELECT DISTINCT c.name FROM session s JOIN oauth_client c ON c.id = s.client_id')
          .pluck()
          .all(),
      ) as string[];
      return names.filter((name) => rows.includes(name === 'machine' ? 'Script' : name));
    };
    clients = () =>
      stored(server.dataDir, (database) => database.prepare('SELECT name FROM oauth_client').pluck().all());

    await daysPass(0.5);
    expect(await alive()).toEqual([...names]);

    await daysPass(1);
    expect(await alive()).toEqual(['looked', 'creator', 'joined', 'left']);
    expect(clients()).toEqual(expect.arrayContaining(['silent', 'Script']));
    expect(clients()).not.toContain('Never let in');
    expect(await look('silent')).toBe(401);

    await daysPass(5);
    expect(await alive()).toEqual(['looked', 'creator', 'joined', 'left']);

    await daysPass(2);
    expect(await alive()).toEqual(['creator', 'joined', 'left']);
    // An app that kept its id is let in again without registering; so is a program with its secret.
    for (const name of ['silent', 'looked']) {
      const { client_id } = guests[name] as SignedIn;
      const { verifier, challenge } = pkce();
      const back = await authorize(server.url, { client_id, code_challenge: challenge });
      const redeemed = await token(server.url, {
        grant_type: 'authorization_code',
        code: back.get('code') ?? '',
        code_verifier: verifier,
        redirect_uri: LOOPBACK_REDIRECT,
        client_id,
      });
      expect(redeemed.status).toBe(200);
    }
    expect((await token(server.url, { grant_type: 'client_credentials' }, basic(script))).status).toBe(200);
  });

  test('are deleted in any number at once', async () => {
    const before = stored(server.dataDir, (database) => database.prepare('SELECT count(*) FROM account').pluck().get());
    await server.stop();
    stored(
      server.dataDir,
      (database) =>
        database.exec(`INSERT INTO account (id, name, role, created_at)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
          SELECT 'acc_flood' || i, 'Guest', 'guest', 1 FROM n`),
      false,
    );

    await server.start();

    const after = stored(server.dataDir, (database) => database.prepare('SELECT count(*) FROM account').pluck().get());
    expect(after).toBe(before);
  });

  test('are deleted also behind many older guests that are still active', async () => {
    await server.stop();
    stored(
      server.dataDir,
      (database) =>
        database.exec(`INSERT INTO account (id, name, role, created_at)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
          SELECT printf('acc_crowd%03d', i), 'Guest', 'guest', 1 FROM n;
          INSERT INTO session (id, account_id, client_id, scopes, used_generation, used_at, created_at)
          SELECT 'ses_' || id, id, (SELECT id FROM oauth_client LIMIT 1), '[]', 0, unixepoch() * 1000, 1
          FROM account WHERE id BETWEEN 'acc_crowd001' AND 'acc_crowd450'`),
      false,
    );

    await server.start();

    const left = stored(server.dataDir, (database) =>
      database.prepare("SELECT id FROM account WHERE id LIKE 'acc_crowd%' ORDER BY id").pluck().all(),
    ) as string[];
    expect(left).toHaveLength(450);
    expect(left.at(-1)).toBe('acc_crowd450');
  });
});
