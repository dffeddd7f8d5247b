import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';
import { APP_SCHEMA } from '../../src/app.module.js';
import { Attachment } from '../../src/bots/attachments/attachment.entity.js';
import { ReviewNotices } from '../../src/bots/attachments/review-notices.js';
import { Verdicts } from '../../src/bots/code/verdicts.service.js';
import { Channels } from '../../src/channels/channels.service.js';
import { Storage } from '../../src/channels/storage/storage.service.js';
import { Clock } from '../../src/kernel/clock.js';
import { Entry } from '../../src/messaging/entry.entity.js';
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

const ID = 'chn_waits';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-waits-'));
  file = join(folder, 'parley.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Notices in review mode on a real database, without a server around them. */
async function open() {
  const database = await SqliteDatabase.open(file, APP_SCHEMA);
  const env = { DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'silent', MODERATION: 'review' };
  const config = readConfig(env, join(folder, '.env'));
  const channels = Object.assign(Object.create(Channels.prototype), { clock: new Clock() });
  const storage = new Storage(config, new DiskSpace(config, database, new HealthChecks(), new Metrics()));
  const log = new ChannelLog(database, channels, new Events(), new Tail(), storage, new NoSignals());
  const reviews = new ReviewNotices(new Clock(), log, new Verdicts(config));
  const announce = (botId: string) =>
    database.write(async (tx) => {
      const rows = counted(tx);
      await reviews.announceWait(tx, await tx.findOneByOrFail(Attachment, { channelId: ID, botId }));
      return rows;
    });
  const waits = async () => {
    const entries = await database.read.find(Entry, { where: { channelId: ID, type: 'bot:waiting' } });
    return entries.map((entry) => entry.body().bot_id);
  };
  return { database, announce, waits, close: () => database.onApplicationShutdown() };
}

test('That a bot waits is announced once, and no entry is read to decide that', async () => {
  const { database, announce, waits, close } = await open();
  await database.write(async (tx) => {
    await tx.insert('channel', channelRow(ID));
    for (const n of [1, 10, 11]) await tx.insert(Attachment, attached(`bot_Echo_${n}`));
  });

  const first = await announce('bot_Echo_10');
  const others = [await announce('bot_Echo_1'), await announce('bot_Echo_11'), await announce('bot_Echo_10')];
  const told = await waits();
  await close();

  expect(told).toEqual(['bot_Echo_10', 'bot_Echo_1', 'bot_Echo_11']);
  for (const { statements } of [first, ...others]) {
    expect(statements.filter((sql) => /^SELECT.*FROM "entry"/s.test(sql) || /LIKE/.test(sql))).toEqual([]);
  }
});

test('Bots whose announcement was made by an older version do not repeat it', async () => {
  const before = await open();
  await before.database.write(async (tx) => {
    await tx.insert('channel', channelRow(ID));
    for (const n of [1, 10]) await tx.insert(Attachment, attached(`bot_Echo_${n}`));
  });
  await before.announce('bot_Echo_10');
  await before.close();
  await undoToldWaits();

  const after = await open();
  await after.announce('bot_Echo_10');
  await after.announce('bot_Echo_1');
  const told = await after.waits();
  await after.close();

  expect(told).toEqual(['bot_Echo_10', 'bot_Echo_1']);
});

const attached = (botId: string) =>
  Object.assign(new Attachment(), {
    channelId: ID,
    botId,
    slotId: 's0',
    name: 'Echo',
    version: '1',
    language: 'javascript',
    preset: null,
    codeHash: 'sha256:echo',
    bundleHash: 'sha256:bundle',
    executed: '',
    kitHash: 'sha256:kit',
    engine: 'none',
    manifestHash: 'sha256:manifest',
    manifestJson: '{}',
    paramsJson: '{}',
    stateJson: '{}',
    stateVersion: 0,
    initSeq: 1,
    cursor: 0,
    runs: 0,
    round: 1,
    unattended: 0,
    attachedAt: 1,
    removedAt: null,
    sparedAt: null,
  });

/** The file as an earlier version left it. */
async function undoToldWaits() {
  const { entities, migrations } = APP_SCHEMA;
  const source = new DataSource(sqliteOptions(file, { entities: [...entities], migrations: [...migrations] }));
  await source.initialize();
  const later = migrations.length - migrations.findIndex(({ name }) => name.startsWith('ToldWaits'));
  for (let i = 0; i < later; i++) await source.undoLastMigration();
  await source.destroy();
}
