import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Account } from '../../src/identity/accounts/account.entity.js';
import { Clock } from '../../src/kernel/clock.js';
import { OauthClient } from '../../src/oauth/clients/oauth-client.entity.js';
import { AccessToken } from '../../src/oauth/sessions/access-token.entity.js';
import { ActiveRequests } from '../../src/oauth/sessions/active-requests.js';
import { Session } from '../../src/oauth/sessions/session.entity.js';
import { TokenCopies } from '../../src/oauth/sessions/token-copies.service.js';
import { NoSignals, Signals } from '../../src/platform/database/signals.js';
import { SqliteDatabase } from '../../src/platform/database/sqlite-database.js';
import { scratchFolder } from '../support/scratch.js';

/** The table alone, without the sessions that it names. */
class Tokens1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner) {
    const texts = ['hash', 'session_id', 'account_id', 'client_id', 'name', 'role', 'scopes', 'resource'];
    await runner.query(`CREATE TABLE access_token (${texts.map((name) => `${name} text`)}, expires_at bigint)`);
  }

  async down() {}
}
const SCHEMA = { entities: [AccessToken, Session, OauthClient, Account], migrations: [Tokens1700000000001] };

class SetClock extends Clock {
  ms = 1_000_000;

  override now() {
    return this.ms;
  }
}

/** What other processes say, at the word of the test. */
class SpokenSignals extends NoSignals {
  hear(topic: string, text: string) {
    this.received(topic, text);
  }
}

let database: SqliteDatabase;
let clock: SetClock;
let signals: SpokenSignals;
let active: ActiveRequests;
let copies: TokenCopies;
beforeEach(async () => {
  database = await SqliteDatabase.open(`${scratchFolder('tokens-')}/parley.sqlite`, SCHEMA);
  clock = new SetClock();
  signals = new SpokenSignals();
  active = new ActiveRequests(database, signals as Signals);
  copies = new TokenCopies(database, clock, active);
  const of = { sessionId: 'ses_1', accountId: 'acc_1', clientId: 'cli_1', name: 'alice', role: 'guest' } as const;
  const alice = { hash: 'h1', ...of, scopes: ['channels' as const], resource: null, expiresAt: 2_000_000 };
  await database.write((tx) => tx.insert(AccessToken, alice));
});
afterEach(() => database.onApplicationShutdown());

/** As another process does it: this one is not told. */
const deleteElsewhere = () => database.write((tx) => tx.delete(AccessToken, { hash: 'h1' }));

test('A token is read once and then found in memory', async () => {
  expect(await copies.of('h1')).toMatchObject({ name: 'alice', scopes: ['channels'], expiresAt: 2_000_000 });
  await deleteElsewhere();

  expect(await copies.of('h1')).toMatchObject({ name: 'alice' });
});

test('A token that another process revoked is unknown after five seconds', async () => {
  await copies.of('h1');
  await deleteElsewhere();

  clock.ms += 5_000;

  expect(await copies.of('h1')).toBeNull();
});

test.each([
  ['its session ended', () => signals.hear('session-ended', 'ses_1')],
  ['tokens changed', () => signals.hear('tokens-changed', '')],
  ['signals may have been lost', () => signals.missed()],
])('A token that another process revoked is unknown at once when it says that %s', async (_, say) => {
  await copies.of('h1');
  await deleteElsewhere();

  say();

  expect(await copies.of('h1')).toBeNull();
});

test('A change by this process applies as soon as its write has committed', async () => {
  await copies.of('h1');
  await database.write(async (tx) => {
    await tx.update(AccessToken, { hash: 'h1' }, { role: 'admin' });
    active.changeAfterCommit();
  });

  expect(await copies.of('h1')).toMatchObject({ role: 'admin' });
});
