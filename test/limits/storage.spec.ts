import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';
import { APP_SCHEMA } from '../../src/app.module.js';
import { sqliteOptions } from '../../src/platform/database/sqlite.js';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { eventually, everythingRead, heard, openRoom, type Room, refusal, told } from '../support/rooms.js';
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

/** Posts so much until it is refused, and answers with the refusal. */
async function fill({ call }: Person, channel_id: string, body = LARGE) {
  for (;;) {
    const problem = await call('post_message', { channel_id, body, wait_ms: 0 }).then(
      () => undefined,
      (error) => error.problem ?? error,
    );
    if (problem) return problem;
  }
}

/** Here the share of a channel is as small as can be set; each test has a channel of its own. */
let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ LIMIT_CHANNEL_STORAGE_MB: '1', LIMIT_POSTS: '100000', LIMIT_CALLS: '1000000' });
});
afterAll(async () => server[Symbol.asyncDispose]());

describe.each(DOORS)('A share of a channel, over %s', (_, door) => {
  test('stops only the account that uses it up: moves, replies and timers of others continue', async () => {
    await using room = await openRoom(server, door, { bot_code: REFEREE });
    await room.bob.call('post_message', { channel_id: room.id, body: 'clock' });
    const problem = await fill(room.bob, room.id);
    await fill(room.bob, room.id, LARGE.slice(0, 6_000));
    // As large as a move may be.
    await fill(room.bob, room.id, LARGE.slice(0, 3_900));
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
    for (let i = 0; i < 7; i++) this.ctx.post('bot', { n, pad: 'x'.repeat(60_000) });
    if (n < 120) this.ctx.setTimer('more', 0.05);
  }
  onMessage({ body }) { if (body.text === 'hi') this.say(1); else this.ctx.post('bot', { heard: true }); }
  onTimer() { this.say(this.ctx.getState().n + 1); }
}`;

describe.each(DOORS)('A bot that writes too much, over %s', (_, door) => {
  test('uses up the share of the account that attached it, is stopped, and prevents nobody from moving', async () => {
    await using room = await openRoom(server, door, { bot_code: FLOOD });
    await room.bob.call('post_message', { channel_id: room.id, body: 'hi', wait_ms: 0 });
    const [error] = await heard(room.alice, room.id, 'bot:error');
    const { alice, bob } = sharesOf(server.dataDir, room.id);

    const ask = async ({ call }: Person) =>
      (await call('post_message', { channel_id: room.id, body: 'a move', wait_ms: 30_000 })).replies;
    const [own, others] = [await ask(room.alice), await ask(room.bob)];

    expect(error).toMatchObject({ code: 'OUTPUT_LIMIT' });
    // Who attached the bot has used up their share twice; the other's is there for answers to the other.
    expect(own.filter(({ kind }: { kind: string }) => kind === 'bot')).toEqual([]);
    expect(others.filter(({ kind }: { kind: string }) => kind === 'bot')).toHaveLength(1);
    expect(bob).toBeLessThan(100_000);
    expect(alice).toBeGreaterThan(1_000_000);
    // And what its last hook said.
    expect(alice).toBeLessThan(2_000_000 + 500_000);
  });
});

/** Answers each move with more than the move has, and lets a clock run for whoever asks. */
const GENEROUS = `class Generous {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    const isLarge = body.text === 'large' || body.text === 'state';
    this.ctx.setState({ n: this.ctx.random(1_000_000), pad: isLarge ? 'x'.repeat(50_000) : '' });
    if (body.text === 'clock') this.ctx.setTimer('clock', 1);
    this.ctx.post('bot', { pad: 'x'.repeat(body.text === 'large' ? 60_000 : 3_900) });
  }
  onTimer() { this.ctx.finish({ lost: 's1' }); }
}`;

describe.each(DOORS)('A contest, over %s', (_, door) => {
  const CONTEST = { bot_code: GENEROUS, bot_manifest: { name: 'Generous', binding: true } };

  /** Moves until the bot has no room left for an answer. */
  async function useUp(room: Room, person: Person, body: string) {
    for (;;) {
      const { replies } = await person.call('post_message', { channel_id: room.id, body, wait_ms: 30_000 });
      if (replies.some((reply: { body: { code?: string } }) => reply.body.code === 'OUTPUT_LIMIT')) return;
    }
  }

  test('is not void if the account that attached its bot has no room left when its own timer fires', async () => {
    await using room = await openRoom(server, door, CONTEST);
    await useUp(room, room.alice, 'large');

    await room.bob.call('post_message', { channel_id: room.id, body: 'clock', wait_ms: 30_000 });

    const [end] = await eventually(async () => {
      const said = await everythingRead(room.bob, room.id);
      const ends = said.map(({ body }) => body).filter(({ type }) => type === 'round:end' || type === 'round:void');
      return ends.length > 0 && ends;
    });
    expect(end).toMatchObject({ type: 'round:end', result: { lost: 's1' } });
  });

  test('leaves the account that attached its bot enough room for its own moves', async () => {
    await using room = await openRoom(server, door, CONTEST);
    await useUp(room, room.bob, 'large');

    const { replies } = await room.alice.call('post_message', { channel_id: room.id, body: 'a move', wait_ms: 30_000 });

    expect(replies.map(({ kind }: { kind: string }) => kind)).toEqual(['bot']);
  });

  test('limits the states that one member causes, and another member can continue', async () => {
    const slots = ['bot:referee', 'invite:alice', 'invite:bob', 'invite:carol'];
    await using room = await openRoom(server, door, { ...CONTEST, slots });
    const carol = room.mallory;
    await carol.call('join_channel', { invite_code: room.invites[2] });
    await useUp(room, room.bob, 'state');
    const states = stored(server.dataDir, (database) =>
      database
        .prepare("SELECT MAX(bytes) FROM channel_storage WHERE channel_id = ? AND account_id LIKE 'states%'")
        .pluck()
        .get(room.id),
    );

    // Enough for more than carol's own share.
    const kinds = new Set<string>();
    const move = { channel_id: room.id, body: LARGE.slice(0, 3_900), wait_ms: 30_000 };
    for (let i = 0; i < 130; i++) {
      const { replies } = await carol.call('post_message', move);
      for (const { kind } of replies) kinds.add(kind);
    }

    expect(states).toBeLessThan(2_100_000);
    expect([...kinds]).toEqual(['bot']);
  });
});

/** Runs its clock until there is no room left for it. */
const GREEDY_CLOCK = `class Greedy {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { this.ctx.setTimer('more', 1); }
  onTimer() {
    for (let i = 0; i < 7; i++) this.ctx.post('bot', { pad: 'x'.repeat(60_000) });
    this.ctx.setTimer('more', 0.05);
  }
}`;

test('A timer fires although that of another bot has used up its reserve', async () => {
  await using server = await startServer({ LIMIT_CHANNEL_STORAGE_MB: '1' });
  const slots = ['bot:referee', 'invite:alice', 'invite:bob', 'bot:overlay'];
  await using room = await openRoom(server, restDoor, { bot_code: REFEREE, slots });
  await room.alice.call('attach_bot', { channel_id: room.id, bot_code: GREEDY_CLOCK });
  await eventually(async () => (await told(room.alice, room.id, 'bot:error')).length > 0);

  await room.bob.call('post_message', { channel_id: room.id, body: 'clock', wait_ms: 30_000 });

  await eventually(async () => (await everythingRead(room.alice, room.id)).some(({ body }) => body.over === 'clock'));
});

/** What counts for whoever made the channel, and for the other. */
/** What is charged to the two accounts; reserves have keys with a colon. */
const sharesOf = (dataDir: string, channelId: string) =>
  stored(dataDir, (database) => {
    const rows = database
      .prepare(
        `SELECT bytes, account_id = creator_id AS "isCreator" FROM channel_storage JOIN channel ON id = channel_id
        WHERE channel_id = ? AND account_id NOT LIKE '%:%'`,
      )
      .all(channelId) as { bytes: number; isCreator: number }[];
    const of = (isCreator: number) => rows.find((row) => row.isCreator === isCreator)?.bytes ?? 0;
    return { alice: of(1), bob: of(0) };
  });

test('A used-up quota refuses channels, bots and large messages, but no move in a running game', async () => {
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

/** Says so many bytes in all as it is asked for, in hidden messages, and draws before. */
const MEASURED = `class Measured {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    const n = Number(body.text);
    if (!n) return;
    this.ctx.setState({ pad: 'x'.repeat(n), drawn: this.ctx.random(6) });
    this.ctx.post('bot', { done: true });
  }
}`;

test('Whether the results of a hook are stored does not depend on their size', async () => {
  await using room = await openRoom(server, restDoor, { bot_code: MEASURED });
  const used = (bytes: number) =>
    stored(
      server.dataDir,
      (database) =>
        database
          .prepare('UPDATE channel_storage SET bytes = ?, own_bytes = 0 WHERE channel_id = ?')
          .run(bytes, room.id),
      false,
    );
  const codes = async (bytes: number) => {
    const found = [];
    for (const size of [10, 5_000, 100_000, 300_000]) {
      used(bytes);
      const { replies } = await room.alice.call('post_message', {
        channel_id: room.id,
        body: `${size}`,
        wait_ms: 30_000,
      });
      found.push(replies[0]?.body.code ?? replies[0]?.body.done);
    }
    return found;
  };

  const found = [];
  for (const bytes of [0, 999_000, 1_000_000, 1_900_000, 2_000_000]) found.push(await codes(bytes));

  const [kept, refused] = [true, 'OUTPUT_LIMIT'].map((each) => [each, each, each, each]);
  expect(found).toEqual([kept, kept, kept, kept, refused]);
});

/** Says half a megabyte. */
const LOUD = `class Loud {
  constructor(ctx) { this.ctx = ctx; }
  onMessage() { for (let i = 0; i < 8; i++) this.ctx.post('bot', { pad: 'x'.repeat(60_000) }); }
}`;

test('A disk that is nearly full stops bots that write much, and no others', async () => {
  const env: Record<string, string> = {};
  await using server = await startServer(env);
  await using loud = await openRoom(server, restDoor, { bot_code: LOUD });
  await using room = await openRoom(server, restDoor, { bot_code: REFEREE });
  await server.stop();
  env.DISK_FLOOR_MB = '1000000000';
  await server.start();

  const heard = [];
  for (let n = 0; n < 4; n++) {
    await loud.alice.call('post_message', { channel_id: loud.id, body: 'go', wait_ms: 30_000 });
    heard.push(await room.alice.call('post_message', { channel_id: room.id, body: 'a move', wait_ms: 30_000 }));
  }

  expect((await told(loud.alice, loud.id, 'bot:error'))[0]).toMatchObject({ code: 'OUTPUT_LIMIT' });
  expect(heard.map(({ replies }) => replies.length)).toEqual([1, 1, 1, 1]);
});

test('A disk that is nearly full refuses large and new things, and games continue', async () => {
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
  expect(await ready.json()).toMatchObject({ disk: 'low: large messages are refused' });
});

describe('The storage counters', () => {
  test('match the stored bytes, also after a power cut, and a migration computes the same', async () => {
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
