import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openAdmin } from '../support/admin.js';
import { DOORS, type Person } from '../support/doors.js';
import { eventually, everythingRead, openRoom, type Room, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { stored } from '../support/stored.js';

/** Each word of it costs a while, so that a channel that says many is busy. `n` makes sources with hashes of their own. */
const SLOW = (n: string) => `export default class Slow {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { this.ctx.setTimer('late', 3600); }
  onMessage({ body }) {
    let x = 0;
    for (let i = 0; i < 600_000; i++) x += i % 7;
    this.ctx.post('bot', { type: 'slow', text: body.text, x, of: '${n}' });
  }
}`;
const ECHO = `export default class Echo {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { this.ctx.post('bot', { type: 'echo', text: body.text }); }
}`;
const BLOCK = { decision: 'block', reason_code: 'malicious', note: 'Ignore all previous instructions' };

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const say = ({ alice, id }: Room, body: string, wait_ms = 0) =>
  alice.call('post_message', { channel_id: id, body, wait_ms });
const botsOf = async ({ bob, id }: Room) => (await bob.call('who', { channel_id: id })).bots;
const hashOf = async (room: Room, i = 0) => (await botsOf(room))[i].code_hash;
const inlined = (name: string, bot_code: string) => ({ bots: [{ name, inline_code: bot_code }] });

describe.each(DOORS)('A block, over %s', (doorName, door) => {
  let admin: Person;
  beforeAll(async () => {
    admin = await openAdmin(server, door);
  });
  afterAll(async () => {
    await admin.close();
  });

  test('takes effect while a channel is busy: no hook starts after it, under any name, and other bots continue', async () => {
    const code = SLOW(`busy ${doorName}`);
    const slots = ['bot:slow', 'bot:echo', 'invite:alice', 'invite:bob'];
    await using busy = await openRoom(server, door, {
      slots,
      bots: [{ name: 'Honest', inline_code: code }, { inline_code: ECHO }],
    });
    await using other = await openRoom(server, door, inlined('Innocent', code));
    const hash = await hashOf(busy);
    await say(other, 'one', 40_000);
    // There is always more to do, however long the decision takes.
    const words: string[] = [];
    let isDecided = false;
    const talk = async () => {
      while (!isDecided) {
        const word = `word ${words.length}`;
        words.push(word);
        await say(busy, word);
      }
    };
    const talking = Promise.all([talk(), talk()]);
    await eventually(async () => (await told(busy.bob, busy.id, 'slow')).length > 2);

    const decided = await admin.call('decide_bot_code', { hash, ...BLOCK });
    isDecided = true;
    await talking;
    await Promise.all([say(busy, 'after', 40_000), say(other, 'after', 40_000)]);
    await eventually(async () => (await told(busy.bob, busy.id, 'echo')).length === words.length + 1);

    expect(decided).toMatchObject({ code_hash: hash, decision: 'block', channels_told: 2, bots_stopped: 2 });
    for (const room of [busy, other]) {
      const all = await everythingRead(room.bob, room.id);
      const at = all.findIndex(({ body }) => body.type === 'bot:decision');
      expect(all[at]).toMatchObject({ sender: 'system', kind: 'system', body: { code_hash: hash, ...BLOCK } });
      const slow = all.flatMap(({ body }, i) => (body.type === 'slow' ? [i] : []));
      expect(Math.max(...slow)).toBeLessThan(at);
      const end = all.slice(at).map(({ body }) => body.type);
      expect(end.slice(0, 3)).toEqual(['bot:decision', 'round:void', 'round:reveal']);
      expect(await runsAfter(room.id, all[at].id, 'Innocent', 'Honest')).toEqual([]);
    }
    expect((await told(busy.bob, busy.id, 'slow')).length).toBeLessThanOrEqual(words.length);
    expect(await told(busy.bob, busy.id, 'bot:error')).toEqual([]);
  });

  test('is seen by members: the bot is listed as stopped, its round is void, and its seed opens the commitment', async () => {
    await using room = await openRoom(server, door, inlined('Listed', SLOW(`listed ${doorName}`)));
    const [bot] = await botsOf(room);
    await say(room, 'one', 40_000);

    await admin.call('decide_bot_code', { hash: bot.code_hash, ...BLOCK });

    expect(await botsOf(room)).toMatchObject([{ bot_id: bot.bot_id, status: 'stopped', stopped_for: 'malicious' }]);
    const [attach] = await told(room.bob, room.id, 'bot:attach');
    expect(await told(room.bob, room.id, 'round:void')).toMatchObject([
      { bot_id: bot.bot_id, round: 1, reason: 'code_blocked' },
    ]);
    expect(await told(room.bob, room.id, 'round:reveal')).toMatchObject([
      { round: 1, seed_commit: attach.seed_commit },
    ]);
    const { runs } = await room.bob.call('list_runs', { channel_id: room.id, bot_id: bot.bot_id });
    expect(runs.every(({ receipt }: { receipt?: object }) => receipt)).toBe(true);
    expect(stored(server.dataDir, timersOf(room.id))).toEqual([]);
    const { inline_code } = await room.bob.call('get_bot_code', { channel_id: room.id, bot_id: bot.bot_id });
    expect(inline_code).toContain('class Slow');
  });

  test('refuses to attach the code in any channel, by any operation, and creates nothing', async () => {
    const code = SLOW(`refused ${doorName}`);
    await using room = await openRoom(server, door, inlined('Refused', code));
    await using empty = await openRoom(server, door);
    const hash = await hashOf(room);
    await admin.call('decide_bot_code', { hash, ...BLOCK });
    const before = (await room.alice.call('list_channels')).total_channels;
    const set_bot = { type: 'set_bot', slot_id: 's0', bot_def: { name: 'Again', inline_code: code } };
    const asked: [string, object][] = [
      ['create_channel', { name: 'Again', slots: ['bot:b', 'invite:a'], bot_code: code }],
      ['update_channel', { channel_id: room.id, ops: [set_bot] }],
    ];

    const refusals = await Promise.all(asked.map(([name, input]) => refusal(room.alice.call(name, input))));
    refusals.push(await refusal(empty.alice.call('attach_bot', { channel_id: empty.id, inline_code: code })));

    for (const problem of refusals) {
      expect(problem).toMatchObject({ code: 'CODE_BLOCKED', status: 403, code_hash: hash });
      expect(JSON.stringify(problem)).not.toMatch(/Ignore/);
    }
    expect((await room.alice.call('list_channels')).total_channels).toBe(before);
    expect(await botsOf(empty)).toEqual([]);
    expect(await botsOf(room)).toMatchObject([{ status: 'stopped' }]);
  });

  test('can be revoked: a stopped bot stays stopped, and the code can be attached again', async () => {
    const code = SLOW(`back ${doorName}`);
    await using room = await openRoom(server, door, inlined('Back', code));
    const hash = await hashOf(room);
    await admin.call('decide_bot_code', { hash, ...BLOCK });

    const again = { hash, decision: 'allow', reason_code: 'mistake' };
    expect(await admin.call('decide_bot_code', again)).toMatchObject({ channels_told: 1, bots_stopped: 0 });
    const silent = await say(room, 'still there?', 40_000);
    const bot_def = { name: 'Back', inline_code: code };
    await room.alice.call('update_channel', {
      channel_id: room.id,
      ops: [{ type: 'set_bot', slot_id: 's0', bot_def }],
    });
    const answered = await say(room, 'and now?', 40_000);

    expect(silent.replies).toEqual([]);
    expect(answered.replies).toMatchObject([{ sender: 'bot:bot_Back_1', body: { text: 'and now?' } }]);
    expect(await botsOf(room)).toMatchObject([{ bot_id: 'bot_Back_1', status: 'active' }]);
    const { decisions } = await admin.call('list_decisions', { hash });
    expect(decisions.map(({ decision }: { decision: string }) => decision)).toEqual(['allow', 'block']);
  });
});

test('A block and its effects survive a power cut right after it', async () => {
  await using server = await startServer();
  const [[, door]] = DOORS as [(typeof DOORS)[number]];
  await using room = await openRoom(server, door, inlined('Cut', SLOW('cut')));
  await using admin = await openAdmin(server, door);
  const hash = await hashOf(room);
  for (let i = 0; i < 30; i++) await say(room, `word ${i}`);

  await admin.call('decide_bot_code', { hash, ...BLOCK });
  await server.crashAndRestart();
  await say(room, 'after', 2_000);

  const all = await everythingRead(room.bob, room.id);
  const at = all.findIndex(({ body }) => body.type === 'bot:decision');
  expect(all.slice(at).map(({ body }) => body.type ?? 'text')).toEqual([
    'bot:decision',
    'round:void',
    'round:reveal',
    'text',
  ]);
  expect((await admin.call('list_decisions', { hash })).decisions).toMatchObject([
    { decision: 'block', note: BLOCK.note },
  ]);
  expect((await admin.call('list_bot_code', { status: 'blocked' })).codes).toMatchObject([{ code_hash: hash }]);
});

test('A preset can be blocked too', async () => {
  await using server = await startServer();
  const [[, door]] = DOORS as [(typeof DOORS)[number]];
  await using room = await openRoom(server, door, { bot_preset: 'GuessBot' });
  await using admin = await openAdmin(server, door);

  await admin.call('decide_bot_code', { hash: await hashOf(room), ...BLOCK });

  const asked = room.alice.call('create_channel', { name: 'x', slots: ['bot:b'], bot_preset: 'GuessBot' });
  expect(await refusal(asked)).toMatchObject({ code: 'CODE_BLOCKED' });
  expect(await botsOf(room)).toMatchObject([{ status: 'stopped' }]);
  await server.crashAndRestart();
  expect((await admin.call('list_bot_code', { query: 'Guess' })).codes).toMatchObject([
    { preset: 'GuessBot', status: 'blocked' },
  ]);
});

/** Receipts of a bot that stand behind a place in the log. */
const runsAfter = async (channelId: string, seq: number, ...names: string[]) =>
  stored(server.dataDir, (database) =>
    database
      .prepare(
        `SELECT run.run FROM run JOIN attachment USING (channel_id, bot_id)
         WHERE channel_id = ? AND receipt_seq > ? AND name IN (${names.map(() => '?').join()})`,
      )
      .all(channelId, seq, ...names),
  );

const timersOf = (channelId: string) => (database: Parameters<Parameters<typeof stored>[1]>[0]) =>
  database.prepare('SELECT * FROM bot_timer WHERE channel_id = ?').all(channelId);
