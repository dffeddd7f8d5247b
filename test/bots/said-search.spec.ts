import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { APP_SCHEMA } from '../../src/app.module.js';
import { SecretSearch } from '../../src/bots/secrets/secret-search.js';
import { type Admission, admittedBy } from '../../src/kernel/admission.js';
import type { Caller } from '../../src/kernel/caller.js';
import { Entry } from '../../src/messaging/entry.entity.js';
import { History } from '../../src/messaging/history.js';
import { SqliteDatabase } from '../../src/platform/database/sqlite-database.js';
import { counted } from '../support/counted-rows.js';

const ID = 'chn_said';
const SECRET = 'a secret that somebody said';
/** What makes a search slow that begins anew at each place. */
const HOSTILE = Object.fromEntries([1, 2, 3, 4].map((n) => [`K${n}`, `${'a'.repeat(4_000)}${'b'.repeat(n)}`]));
const ENV = { ...HOSTILE, KEY: SECRET };
const LARGE = 'a'.repeat(60_000);
const PLAIN = 'some words '.repeat(5_450);
const LIMIT = 4_000_000;
const CALLER: Caller = {
  accountId: 'acc_alice',
  clientId: 'test',
  sessionId: 'ses_alice',
  name: 'alice',
  scopes: ['channels', 'bots'],
  role: 'member',
};

let folder: string;
let database: SqliteDatabase;
const search = new SecretSearch(new History());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-said-'));
  database = await SqliteDatabase.open(join(folder, 'parley.sqlite'), APP_SCHEMA);
});
afterEach(async () => {
  await database.onApplicationShutdown();
  rmSync(folder, { recursive: true });
});

const said = (seq: number, text: string, more: Partial<Entry> = {}): Entry =>
  Object.assign(new Entry(), {
    channelId: ID,
    seq,
    ts: '2026-11-20T12:00:00.000Z',
    kind: 'user',
    from: 's0',
    to: null,
    hidden: false,
    revealed: false,
    type: null,
    run: null,
    causeSeq: null,
    quarantined: null,
    header: '{}',
    salt: '',
    opening: JSON.stringify({ body: { text } }),
    leafHash: '',
    ...more,
  });

/** A log of large messages, with the given ones in their places. */
const fill = (count: number, others: Record<number, Entry>, text = LARGE) =>
  database.write(async (tx) => {
    for (let seq = 1; seq <= count; seq++) await tx.insert(Entry, others[seq] ?? said(seq, text));
  });

const find = (upTo: number, after = 0, env: Record<string, string> = ENV) =>
  search.finds(database.read, env, { channelId: ID, after, upTo });

test.each<[string, number]>([
  ['the newest entry', 12],
  ['one in the middle', 7],
  ['the oldest entry', 1],
])('A secret is found in %s', async (_, seq) => {
  await fill(12, { [seq]: said(seq, `so: ${SECRET}.`) });

  expect(await find(12)).toBe(true);
  expect([await find(12, seq), await find(seq - 1)]).toEqual([false, false]);
});

test.each<[string, string]>([
  ['with quotation marks', 'it said "100%" and \\ to_all!'],
  ['of another script', 'тайное слово из многих букв'],
  ['that ends hostile text', `${'a'.repeat(4_000)}c`],
])('A secret %s is found', async (_, secret) => {
  await fill(3, { 2: said(2, `${'a'.repeat(9_000)}${secret}`) });

  expect(await find(3, 0, { KEY: secret })).toBe(true);
});

test('Private messages are not searched unless they were revealed', async () => {
  await fill(3, { 1: said(1, SECRET, { hidden: true }), 2: said(2, SECRET, { hidden: true, revealed: true }) });

  expect([await find(1), await find(2), await find(3, 2)]).toEqual([false, true, false]);
});

test('A search has a limit, reads no more than that, lets other requests run in between, and counts against the rate of its caller', async () => {
  await fill(80, { 1: said(1, SECRET) }, PLAIN);
  const rows = counted(database.read);
  const admission = new Weighing();
  let [turns, isOver] = [0, false];
  const others = () => {
    turns++;
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);

  const isFound = await admittedBy(admission, () =>
    search.finds(database.read, ENV, { channelId: ID, after: 0, upTo: 80 }, CALLER),
  );
  isOver = true;

  expect(isFound).toBe(false);
  expect(rows.characters()).toBeGreaterThan(LIMIT / 2);
  expect(rows.characters()).toBeLessThanOrEqual(LIMIT + 100_000);
  expect(rows.statements.filter((sql) => /LIKE/.test(sql))).toEqual([]);
  expect(turns).toBeGreaterThanOrEqual(LIMIT / LARGE.length - 5);
  expect(admission.units).toBeGreaterThanOrEqual(Math.floor(rows.characters() / 16_384) - 10);
});

test('Many hidden entries do not make the search endless', async () => {
  await database.write(async (tx) => {
    await tx.insert(Entry, said(1, SECRET));
    await tx.insert(Entry, said(100_000, 'the newest'));
  });
  const rows = counted(database.read);

  expect(await find(100_000)).toBe(false);
  expect(rows.statements.length + rows.read()).toBeLessThan(200);
});

test('A search stops when the rate limit of its caller is reached', async () => {
  await fill(30, { 1: said(1, SECRET) }, PLAIN);
  const admission = new Weighing(50);

  const finding = admittedBy(admission, () =>
    search.finds(database.read, ENV, { channelId: ID, after: 0, upTo: 30 }, CALLER),
  );

  await expect(finding).rejects.toThrow('used up');
});

/** Lets so many units through. */
class Weighing implements Admission {
  readonly address = '';
  readonly account = CALLER.accountId;
  units = 0;

  constructor(private readonly quota = Number.POSITIVE_INFINITY) {}

  async enter({ cost }: { cost: number }) {
    this.units += cost;
    if (this.units > this.quota) throw new Error('used up');
    return () => {};
  }

  ended() {}
  async enterUnknown() {}
  hold() {
    return () => {};
  }
}
