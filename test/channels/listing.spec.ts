import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { APP_SCHEMA } from '../../src/app.module.js';
import { Channels } from '../../src/channels/channels.service.js';
import { Slot } from '../../src/channels/slot.entity.js';
import type { Caller } from '../../src/kernel/caller.js';
import { SqliteDatabase } from '../../src/platform/database/sqlite-database.js';
import { channelRow } from '../support/channel-row.js';
import { counted } from '../support/counted-rows.js';
import { DOORS } from '../support/doors.js';
import { openRoom } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const FULL = Array.from({ length: 32 }, (_, i) => `invite:${'l'.repeat(30)}-${i}`);

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe.each(DOORS)('A list of large channels, over %s', (_, door) => {
  test('ends when the page is full, and continues at the returned offset', async () => {
    await using room = await openRoom(server, door, { slots: FULL });
    const { alice } = room;
    const made = [room.id];
    for (let i = 1; i < 25; i++) {
      made.push((await alice.call('create_channel', { name: `Hall ${i}`, slots: FULL })).channel_id);
    }

    const seen: string[] = [];
    const sizes: number[] = [];
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const page = await alice.call('list_channels', { limit: 200, offset });
      sizes.push(JSON.stringify(page).length);
      seen.push(...page.channels.map(({ channel_id }: { channel_id: string }) => channel_id));
      offset = page.next_offset;
    }

    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(101_000);
    expect(seen).toEqual(made.toReversed());
  });
});

describe('Among many channels of others', () => {
  const MALLORY = { accountId: 'acc_mallory', sessionId: 'ses_mallory' } as Caller;
  const ALICE = { accountId: 'acc_alice', sessionId: 'ses_alice' } as Caller;
  let folder: string;
  let database: SqliteDatabase;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-listing-'));
    database = await SqliteDatabase.open(join(folder, 'parley.sqlite'), APP_SCHEMA);
    await database.write(async (tx) => {
      for (let i = 0; i < 600; i++) {
        const id = `chn_${String(i).padStart(4, '0')}`;
        const isAlices = i % 200 === 7;
        const more = { creatorId: isAlices ? 'acc_alice' : 'acc_mallory', createdAt: i, closedAt: i % 3 ? null : i };
        const visibility = i % 2 ? 'public' : 'private';
        await tx.insert('channel', Object.assign(channelRow(id), more, { visibility, name: `Room ${i}` }));
        const slot = Object.assign(new Slot(), {
          channelId: id,
          slotId: 's0',
          position: 0,
          kind: 'invite',
          label: 'a',
        });
        slot.vacate();
        if (i === 300) Object.assign(slot, { accountId: 'acc_alice', sessionId: 'ses_other' });
        await tx.insert(Slot, slot);
      }
    });
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    rmSync(folder, { recursive: true });
  });

  const channels = Object.create(Channels.prototype) as Channels;
  /** What the rule says, found by looking at all. */
  const expected = (caller: Caller) =>
    Array.from({ length: 600 }, (_, i) => i)
      .filter((i) => {
        const isOwn = (i % 200 === 7) === (caller === ALICE);
        return isOwn || (i === 300 && caller === ALICE) || (i % 2 === 1 && i % 3 !== 0);
      })
      .map((i) => `chn_${String(i).padStart(4, '0')}`)
      .toReversed();

  test.each([
    ['mallory', MALLORY],
    ['alice', ALICE],
  ])('%s gets her own channels, those where she has a seat, and the open public ones, in pages', async (_, caller) => {
    const all = expected(caller);

    const pages = await Promise.all(
      [0, 50, 100, 150, 200, 1_000].map((offset) => channels.listFor(database.read, caller, 50, offset)),
    );

    expect(pages.map(({ total }) => total)).toEqual(pages.map(() => all.length));
    expect(pages.map((page) => page.channels.map(({ channel }) => channel.id))).toEqual(
      [0, 50, 100, 150, 200, 1_000].map((offset) => all.slice(offset, offset + 50)),
    );
  });

  test('not many more rows are read than the page needs', async () => {
    const rows = counted(database.read);

    const { channels: shown } = await channels.listFor(database.read, ALICE, 10, 0);
    const listed = rows.read();
    const names = await channels.namesFor(database.read, ALICE, 100);

    expect([shown.length, names.length]).toEqual([10, 100]);
    // Ten of each of the three kinds at most, the channels and their slots, a few counts.
    expect(listed).toBeLessThanOrEqual(3 * 10 + 2 * 10 + 6);
    expect(rows.read() - listed).toBeLessThanOrEqual(3 * 100 + 100 + 2);
  });

  test('only the slots of the channels on the page are read', async () => {
    const rows = counted(database.read);

    const { channels: shown } = await channels.listFor(database.read, MALLORY, 200, 0, () => 9_000);

    // Eleven channels of 9,000 bytes fit into 100,000, and the twelfth is known not to.
    expect(shown).toHaveLength(12);
    expect(rows.statements.filter((sql) => sql.includes('FROM "slot"')).length).toBeLessThanOrEqual(3);
    // The ids of each kind, two hundred channels and twelve slots, a few counts.
    expect(rows.read()).toBeLessThanOrEqual(3 * 200 + 200 + 12 + 6);
  });

  test('every part of the query uses an index', async () => {
    const connection = database.read.connection;
    const asked: string[] = [];
    // biome-ignore lint/suspicious/noExplicitAny: the connection of better-sqlite3 beneath TypeORM
    const sqlite = (connection.driver as any).databaseConnection;
    const prepare = sqlite.prepare.bind(sqlite);
    sqlite.prepare = (sql: string) => {
      asked.push(sql);
      return prepare(sql);
    };

    await channels.listFor(database.read, MALLORY, 7, 3);

    const plans = asked
      .filter((sql) => sql.startsWith('SELECT'))
      .flatMap((sql) => prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array(sql.split('?').length - 1).fill(1)));
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.map(({ detail }) => detail).filter((detail) => /^SCAN/.test(detail))).toEqual([]);
  });
});
