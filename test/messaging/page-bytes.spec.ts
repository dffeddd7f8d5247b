import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { APP_SCHEMA } from '../../src/app.module.js';
import { ChannelAccess, type ChannelStanding } from '../../src/channels/channel-access.service.js';
import { ProtocolSeats } from '../../src/channels/protocol-seats.service.js';
import { Clock } from '../../src/kernel/clock.js';
import { Entry } from '../../src/messaging/entry.entity.js';
import { History } from '../../src/messaging/history.js';
import { Reading } from '../../src/messaging/reading.service.js';
import { Tail } from '../../src/messaging/tail.js';
import { SqliteDatabase } from '../../src/platform/database/sqlite-database.js';
import { channelRow } from '../support/channel-row.js';
import { counted } from '../support/counted-rows.js';

const ID = 'chn_pages';
const MESSAGES = 300;
const MESSAGE_BYTES = 60_000;
const PAGE_BYTES = 100_000;

let folder: string;
let database: SqliteDatabase;
let standing: ChannelStanding;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-pages-'));
  database = await SqliteDatabase.open(join(folder, 'parley.sqlite'), APP_SCHEMA);
  const channel = Object.assign(channelRow(ID), { lastSeq: MESSAGES, visibleCount: MESSAGES });
  await database.write(async (tx) => {
    await tx.insert('channel', channel);
    for (let seq = 1; seq <= MESSAGES; seq++) await tx.insert(Entry, said(seq));
  });
  standing = { caller: {} as never, channel, slots: [], ownSeats: [], isCreator: true, isAdmin: true };
});
afterEach(async () => {
  await database.onApplicationShutdown();
  rmSync(folder, { recursive: true });
});

const said = (seq: number): Entry =>
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
    causeSeq: seq % 2 ? null : 1,
    quarantined: null,
    header: '{}',
    salt: '',
    opening: JSON.stringify({ body: { text: 'é'.repeat(MESSAGE_BYTES / 2) } }),
    leafHash: '',
  });

test.each<[string, (reading: Reading) => Promise<unknown>]>([
  ['a page', (reading) => reading.page(standing, 0, 500)],
  ['the newest messages', (reading) => reading.latest(database.read, standing, 20)],
  ['the answers to one message', (reading) => reading.repliesTo(standing, 1)],
  ['the count of what is unread', (reading) => reading.countAfter(database.read, standing, 0)],
  ['the newest id', (reading) => reading.newest(database.read, standing)],
  [
    'what may concern a bot',
    () => new History().heardBy(database.read, { channelId: ID, botId: 'bot_0', hearsBots: true }, 0, MESSAGES, 50),
  ],
])('To answer %s, the server reads no more text than one answer may contain', async (_, ask) => {
  const rows = counted(database.read);

  await ask(new Reading(database, new ChannelAccess(new ProtocolSeats(new Clock())), new Tail()));

  expect(rows.characters()).toBeLessThanOrEqual(PAGE_BYTES);
});

test('A page ends when it is full, says so, and the next page continues after it', async () => {
  const reading = new Reading(database, new ChannelAccess(new ProtocolSeats(new Clock())), new Tail());

  const first = await reading.page(standing, 0, 500);
  const second = await reading.page(standing, first.cursor, 500);
  const last = await reading.page(standing, MESSAGES - 1, 500);

  expect([first, second, last].map(({ entries, cursor, hasMore }) => [entries.length, cursor, hasMore])).toEqual([
    [1, 1, true],
    [1, 2, true],
    [1, MESSAGES, false],
  ]);
});
