import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import { contentHash } from '../../src/kernel/hash.js';
import { DOORS, type Door } from '../support/doors.js';
import { eventually, openRoom, refusal } from '../support/rooms.js';
import { startServer } from '../support/server.js';
import { storageOf } from '../support/storage.js';
import { age, columnsOf, stored, tablesOf } from '../support/stored.js';

const [[, restDoor]] = DOORS as [[string, Door]];
const TWO_DAYS_MS = 2 * 86_400_000;
/** So many numbers that no guess is right by luck. */
const GUESSING = { bot_preset: 'GuessBot', bot_params: { range: [1, 1_000_000_000] } };

const linesOf = (dataDir: string, id: string) =>
  gunzipSync(readFileSync(join(dataDir, 'retired', `${id}.jsonl.gz`)))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('A channel that has been closed long enough is written to a file, completely, and deleted from the database; an open one stays', async () => {
  const env: Record<string, string> = {};
  await using server = await startServer(env);
  await using room = await openRoom(server, restDoor, GUESSING);
  await using open = await openRoom(server, restDoor, GUESSING);
  await room.alice.call('post_message', { channel_id: room.id, body: 'guess 50', wait_ms: 30_000 });
  await room.bob.call('post_message', { channel_id: room.id, body: { secret: 'word' }, to: 's1' });
  await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'close' }] });
  const rows = <T>(sql: string) => stored(server.dataDir, (database) => database.prepare(sql).all(room.id) as T[]);
  const entries = rows<{ seq: number; header: string; opening: string; leaf_hash: string }>(
    'SELECT * FROM entry WHERE channel_id = ? ORDER BY seq',
  );
  await server.stop();
  await server.start();
  const isKept = (await room.alice.call('get_messages', { channel_id: room.id })).messages.length > 0;

  await server.stop();
  age(server.dataDir, 'channel', 'closed_at', TWO_DAYS_MS);
  age(server.dataDir, 'channel', 'created_at', TWO_DAYS_MS);
  const tables = tablesOfChannels(server.dataDir);
  for (const table of tables) leaveRow(server.dataDir, table, room.id);
  const empty = tables.filter((table) => rows(`SELECT * FROM ${table} WHERE channel_id = ?`).length === 0);
  env.RETAIN_DAYS = '1';
  await server.start();
  await eventually(async () => rows('SELECT id FROM channel WHERE id = ?').length === 0);

  const lines = linesOf(server.dataDir, room.id);
  const kept = lines.filter(({ type }) => type === 'entry');
  expect(isKept).toBe(true);
  expect(lines[0]).toMatchObject({ type: 'channel', id: room.id, entries: entries.length });
  expect(kept.map(({ header, opening }) => [canonicalJson(header), JSON.stringify(opening)])).toEqual(
    entries.map(({ header, opening }) => [header, opening]),
  );
  expect(kept.map(({ leaf_hash }) => leaf_hash)).toEqual(entries.map(({ leaf_hash }) => leaf_hash));
  expect(JSON.stringify(kept)).toContain('"secret":"word"');
  const [bot] = lines.filter(({ type }) => type === 'bot');
  expect(contentHash(bot.source)).toBe(bot.code_hash);
  expect(lines.filter(({ type }) => type === 'run').length).toBeGreaterThan(1);
  expect(statSync(join(server.dataDir, 'retired', `${room.id}.jsonl.gz`)).mode & 0o777).toBe(0o600);
  const left = tables.filter((table) => rows(`SELECT * FROM ${table} WHERE channel_id = ?`).length > 0);
  // Its checkpoints are leaves of the log of the server, which only grows.
  expect([empty, left]).toEqual([[], ['server_leaf']]);
  const { channels, channelRows, accounts, allRows } = storageOf(server.dataDir);
  expect([channels, accounts]).toEqual([channelRows, allRows]);
  expect(await refusal(room.bob.call('get_messages', { channel_id: room.id }))).toMatchObject({ code: 'NOT_MEMBER' });
  const { replies } = await open.alice.call('post_message', { channel_id: open.id, body: 'guess 50', wait_ms: 30_000 });
  expect(replies.length).toBeGreaterThan(0);
  expect(readdirSync(join(server.dataDir, 'retired'))).toEqual([`${room.id}.jsonl.gz`]);
});

test('An interrupted retirement is continued after a crash, and the file is not overwritten with the remaining entries', async () => {
  const env: Record<string, string> = {};
  await using server = await startServer(env);
  await using room = await openRoom(server, restDoor);
  await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'close' }] });
  await server.stop();
  age(server.dataDir, 'channel', 'closed_at', TWO_DAYS_MS);
  // As it is left by a crash after the file was written and half of the entries were deleted.
  stored(
    server.dataDir,
    (database) => {
      database.prepare('UPDATE channel SET retired_at = 1 WHERE id = ?').run(room.id);
      database.prepare('DELETE FROM entry WHERE channel_id = ? AND seq < 3').run(room.id);
    },
    false,
  );

  env.RETAIN_DAYS = '1';
  await server.start();
  await eventually(async () => !stored(server.dataDir, (database) => database.prepare('SELECT 1 FROM channel').get()));

  expect(existsSync(join(server.dataDir, 'retired'))).toBe(false);
});

test('A channel that cannot be retired does not stop others, and is reported to the operator', async () => {
  const env: Record<string, string> = {};
  await using server = await startServer(env);
  await using first = await openRoom(server, restDoor);
  await using second = await openRoom(server, restDoor);
  for (const { alice, id } of [first, second]) {
    await alice.call('update_channel', { channel_id: id, ops: [{ type: 'close' }] });
  }
  await server.stop();
  age(server.dataDir, 'channel', 'closed_at', TWO_DAYS_MS);
  // Where its file would be, there is something that no file can replace.
  mkdirSync(join(server.dataDir, 'retired', `${first.id}.jsonl.gz`, 'in the way'), { recursive: true });
  const channels = () =>
    stored(server.dataDir, (database) => database.prepare('SELECT id FROM channel').pluck().all() as string[]);

  env.RETAIN_DAYS = '1';
  await server.start();
  await eventually(async () => !channels().includes(second.id));

  expect(channels()).toEqual([first.id]);
  expect(server.log()).toContain(`the channel ${first.id} could not be retired`);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('parley_unexpected_errors_total{during="retiring a closed channel"} 1');
});

/** Every table that has a column for a channel, but what moderators keep about code. */
const tablesOfChannels = (dataDir: string) =>
  stored(dataDir, (database) => {
    const tables = tablesOf(database);
    const columns = (table: string) => columnsOf(database, table).map(({ name }) => name);
    return tables.filter((table) => table !== 'bot_report' && columns(table).includes('channel_id'));
  });

/** Whatever happened in the channel, something of every kind was kept of it: where a table has no row yet, one of any values. */
const leaveRow = (dataDir: string, table: string, channelId: string) =>
  stored(
    dataDir,
    (database) => {
      if (database.prepare(`SELECT 1 FROM ${table} WHERE channel_id = ?`).get(channelId)) return;
      const columns = columnsOf(database, table);
      const values = columns.map(({ name, type }) =>
        name === 'channel_id' ? channelId : /int/i.test(type) ? 1_000_000_000 : /bool/i.test(type) ? '0' : '[]',
      );
      const places = columns.map(() => '?').join(', ');
      database.prepare(`INSERT INTO ${table} VALUES (${places})`).run(...values);
    },
    false,
  );
