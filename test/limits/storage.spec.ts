import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';
import { APP_SCHEMA } from '../../src/app.module.js';
import { sqliteOptions } from '../../src/platform/sqlite.js';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { eventually, everythingRead, openRoom, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { storageOf } from '../support/storage.js';
import { stored } from '../support/stored.js';

const [[, restDoor]] = DOORS as [[string, Door]];
const LARGE = 'x'.repeat(60_000);

/** Answers every move, keeps all of them, and lets a clock run that says when it is over. */
const REFEREE = `class Referee {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    const { n = 0 } = this.ctx.getState();
    this.ctx.setState({ n: n + 1 });
    if (body.text === 'clock') this.ctx.setTimer('clock', 1);
    console.log(body.text?.length ?? 0);
    this.ctx.post('bot', { n: n + 1 });
  }
  onTimer(name) { this.ctx.post('bot', { over: name }); }
}`;

/** Posts what is large until it is refused, and answers with the refusal. */
async function fill({ call }: Person, channel_id: string) {
  for (;;) {
    const problem = await call('post_message', { channel_id, body: LARGE, wait_ms: 0 }).then(
      () => undefined,
      (error) => error.problem ?? error,
    );
    if (problem) return problem;
  }
}

describe.each(DOORS)('A share of a channel, over %s', (_, door) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ LIMIT_CHANNEL_STORAGE_MB: '1' });
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  test('ends who uses it up, and nobody else: moves, answers and clocks go on', async () => {
    await using room = await openRoom(server, door, { bot_code: REFEREE });
    await room.bob.call('post_message', { channel_id: room.id, body: 'clock' });
    const problem = await fill(room.bob, room.id);
    const small = { channel_id: room.id, body: 'a move' };
    while (
      !(await room.bob.call('post_message', { ...small, wait_ms: 0 }).then(
        () => false,
        () => true,
      ))
    );

    const refused = await refusal(room.bob.call('post_message', small));
    const { replies } = await room.alice.call('post_message', { ...small, wait_ms: 30_000 });
    const large = await room.alice.call('post_message', { channel_id: room.id, body: LARGE, wait_ms: 30_000 });

    expect(problem).toMatchObject({
      code: 'STORAGE_QUOTA_REACHED',
      status: 409,
      policy: 'channel_storage_mb',
      limit: 1,
    });
    expect(refused).toMatchObject({ code: 'STORAGE_QUOTA_REACHED' });
    expect([replies, large.replies].map((each) => each.length)).toEqual([1, 1]);
    // The clock that the other's move has set goes on, though nothing is left of their share.
    await eventually(async () => (await everythingRead(room.alice, room.id)).some(({ body }) => body.over === 'clock'));
    expect(await told(room.alice, room.id, 'bot:error')).toEqual([]);
    // Leaving and closing store next to nothing, and are never refused.
    await room.bob.call('leave_channel', { channel_id: room.id });
    await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'close' }] });
  });
});

/** Says a lot, and lets a clock run that says a lot each time, until nobody listens any more. */
const FLOOD = `class Flood {
  constructor(ctx) { this.ctx = ctx; }
  say(n) {
    this.ctx.setState({ n, pad: 'x'.repeat(20_000) });
    this.ctx.post('bot', { n, pad: 'x'.repeat(30_000) });
    if (n < 120) this.ctx.setTimer('more', 0.05);
  }
  onMessage({ body }) { if (body.text === 'hi') this.say(1); else this.ctx.post('bot', { heard: true }); }
  onTimer() { this.say(this.ctx.getState().n + 1); }
}`;

describe.each(DOORS)('A bot that says too much, over %s', (_, door) => {
  test('uses up the share of whoever attached it, comes to an end, and stops nobody from moving', async () => {
    await using server = await startServer({ LIMIT_CHANNEL_STORAGE_MB: '1' });
    await using room = await openRoom(server, door, { bot_code: FLOOD });
    await room.bob.call('post_message', { channel_id: room.id, body: 'hi', wait_ms: 0 });
    const [error] = await eventually(async () => {
      const errors = await told(room.alice, room.id, 'bot:error');
      return errors.length > 0 && errors;
    });
    const { alice, bob } = sharesOf(server.dataDir, room.id);

    const moves = await Promise.all(
      [room.alice, room.bob].map(({ call }) =>
        call('post_message', { channel_id: room.id, body: 'a move', wait_ms: 30_000 }),
      ),
    );

    expect(error).toMatchObject({ code: 'OUTPUT_LIMIT' });
    expect(moves.map(({ replies }) => replies.length > 0)).toEqual([true, true]);
    expect(bob).toBeLessThan(100_000);
    expect(alice).toBeGreaterThan(1_000_000);
    expect(alice).toBeLessThan(2_100_000);
  }, 120_000);
});

/** What counts for whoever made the channel, and for the other. */
const sharesOf = (dataDir: string, channelId: string) =>
  stored(dataDir, (database) => {
    const rows = database
      .prepare(
        'SELECT bytes, account_id = creator_id AS isCreator FROM channel_storage JOIN channel ON id = channel_id WHERE channel_id = ?',
      )
      .all(channelId) as { bytes: number; isCreator: number }[];
    const of = (isCreator: number) => rows.find((row) => row.isCreator === isCreator)?.bytes ?? 0;
    return { alice: of(1), bob: of(0) };
  });

test('A quota that is used up refuses channels, bots and large messages, and no move in a game that runs', async () => {
  await using server = await startServer({ LIMIT_STORAGE_MB: '1' });
  await using room = await openRoom(server, restDoor, { bot_code: REFEREE });

  const problem = await fill(room.alice, room.id);
  for (let n = 0; n < 16; n++)
    await room.alice.call('post_message', { channel_id: room.id, body: 'x'.repeat(4_000), wait_ms: 0 });
  const opened = await refusal(room.alice.call('create_channel', { name: 'More', slots: ['invite:a'] }));
  const { replies } = await room.alice.call('post_message', { channel_id: room.id, body: 'a move', wait_ms: 30_000 });
  await room.bob.call('post_message', { channel_id: room.id, body: LARGE, wait_ms: 0 });

  for (const each of [problem, opened])
    expect(each).toMatchObject({ code: 'STORAGE_QUOTA_REACHED', policy: 'storage_mb', limit: 1 });
  expect(replies).toHaveLength(1);
});

test('A disk that is nearly full refuses what is large and new, and games go on', async () => {
  const env: Record<string, string> = {};
  await using server = await startServer(env);
  await using room = await openRoom(server, restDoor, { bot_code: REFEREE });

  await server.stop();
  env.DISK_FLOOR_MB = '1000000000';
  await server.start();
  const refusals = await Promise.all(
    [
      room.alice.call('create_channel', { name: 'More', slots: ['invite:a'] }),
      room.alice.call('post_message', { channel_id: room.id, body: LARGE }),
    ].map(refusal),
  );
  const { replies } = await room.bob.call('post_message', { channel_id: room.id, body: 'a move', wait_ms: 30_000 });
  const ready = await fetch(`${server.url}/readyz`);

  for (const each of refusals) expect(each).toMatchObject({ code: 'DISK_SPACE_LOW', status: 507 });
  expect(replies).toHaveLength(1);
  expect(await ready.json()).toMatchObject({ disk: 'low: nothing large is taken' });
});

describe('What is counted', () => {
  test('is what is stored, also after a power cut, and a migration counts the same', async () => {
    await using server = await startServer();
    await using room = await openRoom(server, restDoor, { bot_code: REFEREE });
    const say = (person: Person, n: number) =>
      person.call('post_message', {
        channel_id: room.id,
        body: `ä move ${n}`,
        to: n % 3 ? undefined : 'bot_Referee_0',
        wait_ms: 0,
      });
    const said = Array.from({ length: 60 }, (_, n) => say([room.alice, room.bob][n % 2] as Person, n).catch(() => {}));

    await Promise.all(said.slice(0, 30));
    await server.crashAndRestart();
    await Promise.all(said);
    await room.alice.call('post_message', { channel_id: room.id, body: 'last', wait_ms: 30_000 });
    await server.stop();
    const kept = storageOf(server.dataDir);
    await migrateAnew(server.dataDir);
    const filled = storageOf(server.dataDir);

    expect(kept.channels).toBe(kept.channelRows);
    expect(kept.accounts).toBe(kept.allRows);
    expect(kept.channels).toBeGreaterThan(60 * 600);
    expect(filled).toEqual(kept);
  });
});

/** As on an installation that has been there before anything was counted. */
async function migrateAnew(dataDir: string) {
  const { entities, migrations } = APP_SCHEMA;
  const options = { entities: [...entities], migrations: [...migrations] };
  const database = await new DataSource(sqliteOptions(join(dataDir, 'parley.sqlite'), options)).initialize();
  const last = migrations.findIndex(({ name }) => name === 'FairShares1700000001505');
  for (let n = migrations.length; n > last; n--) await database.undoLastMigration();
  await database.runMigrations();
  await database.destroy();
}
