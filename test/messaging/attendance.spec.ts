import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';
import { APP_SCHEMA } from '../../src/app.module.js';
import { Channels } from '../../src/channels/channels.service.js';
import { onAccountOf } from '../../src/channels/storage/payer.js';
import { Storage } from '../../src/channels/storage/storage.service.js';
import { Clock } from '../../src/kernel/clock.js';
import { Attendance } from '../../src/messaging/attendance.service.js';
import { Entry } from '../../src/messaging/entry.entity.js';
import { History } from '../../src/messaging/history.js';
import { ChannelLog } from '../../src/messaging/log.service.js';
import { Tail } from '../../src/messaging/tail.js';
import { readConfig } from '../../src/platform/config/config.js';
import { NoSignals } from '../../src/platform/database/signals.js';
import { sqliteOptions } from '../../src/platform/database/sqlite.js';
import { SqliteDatabase } from '../../src/platform/database/sqlite-database.js';
import { Events } from '../../src/platform/events.js';
import { DiskSpace } from '../../src/platform/observability/disk-space.js';
import { HealthChecks } from '../../src/platform/observability/health-checks.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { channelRow } from '../support/channel-row.js';
import { counted } from '../support/counted-rows.js';

const ID = 'chn_attendance';
const JOINS = 3_000;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-attendance-'));
  file = join(folder, 'parley.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The log of one channel on a real database, without a server around it. */
async function openLog() {
  const database = await SqliteDatabase.open(file, APP_SCHEMA);
  const events = new Events();
  const history = new History();
  const channels = Object.assign(Object.create(Channels.prototype), { clock: new Clock() });
  const config = readConfig({ DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'silent' }, join(folder, '.env'));
  const storage = new Storage(config, new DiskSpace(config, database, new HealthChecks(), new Metrics()));
  const log = new ChannelLog(database, channels, events, new Tail(), storage, new NoSignals());
  new Attendance(events, history);
  const say = (body: object) =>
    database.write((tx) => log.append(tx, ID, { kind: 'system', from: 'system', body: body as never }));
  const close = () => database.onApplicationShutdown();
  return { database, history, say, close };
}

const joined = (slot: number, entropy?: string, role = 'player') => ({
  type: 'member_joined',
  slot_id: `s${slot}`,
  label: `seat ${slot}`,
  name: `Member ${slot}`,
  role,
  ...(entropy && { entropy }),
});
const left = (slot: number) => ({ type: 'member_left', slot_id: `s${slot}`, role: 'player', reason: 'left' });
const seats = (players: { seat: string }[]) => players.map(({ seat }) => seat);

const STORY = [
  { type: 'channel_created', entropy: 'of the creator' },
  joined(1, 'of one'),
  joined(2),
  { type: 'text', entropy: 'of nobody' },
  joined(3, undefined, 'observer'),
  left(1),
  joined(1, 'of another'),
  left(2),
];

const SEATED = [[], ['s1'], ['s1', 's2'], ['s1', 's2'], ['s1', 's2'], ['s2'], ['s2', 's1'], ['s1']];

describe('The players of a channel and their entropy', () => {
  test('are known for every position of the log, in the order in which they joined', async () => {
    const { database, history, say, close } = await openLog();
    await database.write((tx) => tx.insert('channel', channelRow(ID)));
    for (const body of STORY) await say(body);

    const players = await Promise.all(SEATED.map((_, i) => history.players(database.read, ID, i + 1)));
    const entropy = await Promise.all([1, 2, 7, 8].map((seq) => history.entropy(database.read, ID, seq)));
    await close();

    expect(players.map(seats)).toEqual(SEATED);
    expect(players[1]).toEqual([{ seat: 's1', label: 'seat 1', name: 'Member 1' }]);
    expect(entropy).toEqual([
      [],
      [[1, 'of the creator']],
      [
        [1, 'of the creator'],
        [2, 'of one'],
      ],
      [
        [1, 'of the creator'],
        [2, 'of one'],
        [7, 'of another'],
      ],
    ]);
  });

  test('are found by reading one or two rows, however often members joined and left', async () => {
    const { database, history, say, close } = await openLog();
    await database.write((tx) => tx.insert('channel', channelRow(ID)));
    await database.write(async () => {
      for (let i = 0; i < JOINS; i++) await say(i % 2 ? left(1) : joined(1, i ? undefined : 'once'));
    });

    const rows = counted(database.read);
    const players = await history.players(database.read, ID, JOINS - 1);
    const entropy = await history.entropy(database.read, ID, JOINS - 1);
    await close();

    expect([seats(players), entropy]).toEqual([['s1'], [[1, 'once']]]);
    expect(rows.read()).toBeLessThanOrEqual(2);
  });

  test('are read from the logs of an older version', async () => {
    const { database, history, say, close } = await openLog();
    await database.write((tx) => tx.insert('channel', channelRow(ID)));
    for (const body of STORY) await say(body);
    const before = await history.entropy(database.read, ID, 100);
    await close();
    await undoAttendance();

    const again = await openLog();
    const players = await Promise.all(SEATED.map((_, i) => again.history.players(again.database.read, ID, i + 1)));
    const after = await again.history.entropy(again.database.read, ID, 100);
    await again.close();

    expect(players.map(seats)).toEqual(SEATED);
    expect(after).toEqual(before);
  });

  test('are limited for entropy: each account can give it a limited number of times, independent of others', async () => {
    const { database, history, say, close } = await openLog();
    await database.write((tx) => tx.insert('channel', channelRow(ID)));
    const give = (account: string, text: string) => onAccountOf(account, () => say(joined(1, text)));
    for (let i = 0; i < 20; i++) await give('acc_greedy', `entropy ${i}`);

    await expect(give('acc_greedy', 'too much')).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      facts: { limit: 20 },
    });
    await onAccountOf('acc_greedy', () => say(joined(2)));
    const { seq } = await give('acc_other', 'of another');
    const known = await history.entropy(database.read, ID, seq + 1);
    await close();

    expect(known).toHaveLength(21);
    expect(known.at(-1)).toEqual([seq, 'of another']);
  });

  test('are limited for entropy: when many accounts have given much together, each further account can give it once', async () => {
    const { database, history, say, close } = await openLog();
    await database.write((tx) => tx.insert('channel', channelRow(ID)));
    const give = (account: string, text: string) => onAccountOf(account, () => say(joined(1, text)));
    await database.write(async () => {
      for (let i = 0; i < 1_000; i++) await give(`acc_${i % 50}`, `entropy ${i}`);
    });

    await expect(give('acc_7', 'too much')).rejects.toMatchObject({ code: 'INVALID_REQUEST', facts: { limit: 1 } });
    await give('acc_late', 'late');
    await expect(give('acc_late', 'again')).rejects.toMatchObject({ code: 'INVALID_REQUEST', facts: { limit: 1 } });
    const known = await history.entropy(database.read, ID, 2_000);
    const log = await database.read.find(Entry, { where: { channelId: ID }, order: { seq: 'ASC' } });
    await close();

    expect(known).toHaveLength(1_001);
    expect(known).toEqual(log.map((entry) => [entry.seq, entry.body().entropy]));
  });
});

/** The file as an earlier version left it: everything up to the migration that keeps these tables. */
async function undoAttendance() {
  const { entities, migrations } = APP_SCHEMA;
  const source = new DataSource(sqliteOptions(file, { entities: [...entities], migrations: [...migrations] }));
  await source.initialize();
  const later = migrations.length - migrations.findIndex(({ name }) => name.startsWith('Attendance'));
  for (let i = 0; i < later; i++) await source.undoLastMigration();
  await source.destroy();
}
