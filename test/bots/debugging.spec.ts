import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { logged, replayed } from '../stories/replay.js';
import { DOORS } from '../support/doors.js';
import { openGame } from '../support/game.js';
import { canonical } from '../support/longhand.js';
import { eventually, everythingRead, openRoom, type Room, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { secretOf, storedChannel } from '../support/stored-log.js';

const [[, rest]] = DOORS as [(typeof DOORS)[number]];

/** It counts what it hears, and knows a number that nobody is to know. */
const COUNTER = `class Counter {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { this.ctx.setState({ n: 0, target: 37 }); }
  onJoin(player) { this.ctx.post('bot', { type: 'welcome', player }); }
  onMessage({ sender, body }) {
    if (body.text === 'slow') for (let i = 0; i < 1e7; i++);
    const state = this.ctx.getState();
    console.log('heard', body.text ?? '', 'from', sender);
    this.ctx.log('n is', state.n, 'key', this.ctx.env.KEY ?? 'none');
    this.ctx.setState({ ...state, n: state.n + 1 });
    this.ctx.post('bot', { type: 'count', n: state.n + 1, sender });
  }
  onPrivateMessage(player) { this.ctx.dm(player, 'bot', { type: 'told' }); }
  onTimer(name) { this.ctx.post('bot', { type: 'rang', name }); }
}`;
const MANIFEST = {
  name: 'Counter',
  permissions: { private_messages: true },
  limits: { stateBytes: 1_000 },
  state_public_schema: { type: 'object', properties: { n: { type: 'integer' } } },
};
const counter = { bot_code: COUNTER, bot_manifest: MANIFEST };
const bot_id = 'bot_Counter_0';
const KEY = 'a-secret-to-keep';
const withKey = () => ({
  ...counter,
  bot_manifest: { ...MANIFEST, needs_env: ['KEY'] },
  bot_env: { KEY },
});

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const debug = ({ alice, id }: Pick<Room, 'alice' | 'id'>, action: string, payload?: object, bot: object = { bot_id }) =>
  alice.call('debug_bot', { channel_id: id, ...bot, action, ...(payload && { payload }) });
const say = async ({ alice, id }: Room, body: string) =>
  (await alice.call('post_message', { channel_id: id, body, wait_ms: 20_000 })).replies;
const uses = async ({ bob, id }: Room) => told(bob, id, 'control:debug');
const counts = async ({ bob, id }: Room) => (await told(bob, id, 'count')).map(({ n }) => n);
const stateOf = ({ id }: Room) => JSON.parse(storedChannel(server.dataDir, id).attachment.state);

describe.each(DOORS)('debug_bot, over %s', (_, door) => {
  test('shows the part of the state that the manifest allows, and announces in the channel who inspected it', async () => {
    await using room = await openRoom(server, door, counter);
    await say(room, 'one');

    const seen = await debug(room, 'inspect_state');
    const bySlot = await debug(room, 'inspect_state', undefined, { slot_id: 's0' });

    expect(seen).toEqual({
      msg_id: expect.any(Number),
      action: 'inspect_state',
      bot_id,
      slot_id: 's0',
      state_version: 2,
      paused: false,
      state_commit: expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/),
      state_public: { n: 1 },
    });
    expect(bySlot).toEqual({ ...seen, msg_id: seen.msg_id + 1 });
    const read = await everythingRead(room.bob, room.id);
    expect(read.find(({ id }) => id === seen.msg_id)).toMatchObject({ kind: 'system', sender: 'system' });
    const use = { type: 'control:debug', action: 'inspect_state', by: 's1', bot_id, slot_id: 's0' };
    expect(await uses(room)).toEqual([use, use]);
  });

  test('reveals nothing about a game that its players must not know', async () => {
    await using game = await openGame(server, door);
    const { nonce } = secretOf(server.dataDir, game.channelId);
    const room = { alice: game.alice, id: game.channelId };

    const { posted_state, ...seen } = await debug(room, 'inspect_state', undefined, { slot_id: 's0' });
    const tail = await debug(room, 'tail_logs', {}, { slot_id: 's0' });

    // The very entry that everyone was shown.
    expect(posted_state).toEqual({
      msg_id: expect.any(Number),
      ...(await told(game.bob, game.channelId, 'bot:state')).at(-1),
    });
    const always = ['action', 'bot_id', 'msg_id', 'paused', 'slot_id', 'state_version'];
    expect(Object.keys(seen).sort()).toEqual([...always, 'state_commit'].sort());
    expect(Object.keys(tail).sort()).toEqual([...always, 'closed_from_run', 'logs'].sort());
    expect(JSON.stringify([seen, posted_state, tail])).not.toContain(nonce);
    expect(tail.logs).toEqual([]);
  });

  test('replaces a state; everyone sees only the commitments, and later runs can be replayed', async () => {
    await using room = await openRoom(server, door, counter);
    const { alice, id } = room;
    await say(room, 'one');
    const before = stateOf(room);

    const replaced = await debug(room, 'replace_state', { state: { n: 40, target: 12 }, expected_version: 2 });
    await say(room, 'two');

    expect(await counts(room)).toEqual([1, 41]);
    expect(stateOf(room)).toEqual({ n: 41, target: 12 });
    const { before: was, after: is } = replaced;
    expect(replaced).toMatchObject({ action: 'replace_state', state_version: 3 });
    expect(await uses(room)).toEqual([
      {
        type: 'control:debug',
        action: 'replace_state',
        by: 's1',
        bot_id,
        slot_id: 's0',
        before: was,
        after: is,
        state_version: 3,
      },
    ]);
    await alice.call('update_channel', { channel_id: id, ops: [{ type: 'remove_bot', slot_id: 's0' }] });
    const [{ seed }] = await told(alice, id, 'round:reveal');
    const over = (state: object) =>
      createHmac('sha256', Buffer.from(seed, 'hex'))
        .update(`parley-state-v1${canonical(state)}`)
        .digest('hex');
    expect([was, is]).toEqual([before, { n: 40, target: 12 }].map((state) => `hmac-sha256:${over(state)}`));
    const channel = storedChannel(server.dataDir, id);
    expect(await replayed(channel)).toEqual(logged(channel));
  });

  test('refuses to replace a state that has changed in the meantime, or with a value that is too large or invalid', async () => {
    await using room = await openRoom(server, door, counter);

    for (const [payload, code] of [
      [{ state: { n: 5 }, expected_version: 7 }, 'STALE_STATE'],
      [{ state: { text: 'x'.repeat(1_000) } }, 'BODY_TOO_LARGE'],
      [{}, 'INVALID_REQUEST'],
      [{ state: { n: 5 }, more: 1 }, 'INVALID_REQUEST'],
    ] as const) {
      expect(await refusal(debug(room, 'replace_state', payload))).toMatchObject({ code });
    }

    expect(stateOf(room)).toEqual({ n: 0, target: 37 });
    expect(await uses(room)).toEqual([]);
  });

  test('fires a hook like any other, from an entry of its own, and the run can be replayed', async () => {
    await using room = await openRoom(server, door, counter);

    await debug(room, 'emit_hook', { hook: 'on_message', body: 'made up' });
    await debug(room, 'emit_hook', { hook: 'on_timer', name: 'bell' });
    await debug(room, 'emit_hook', { hook: 'on_join' });
    await debug(room, 'emit_hook', { hook: 'on_private_message', body: { text: 'psst' } });

    expect(await told(room.bob, room.id, 'count')).toMatchObject([{ n: 1, sender: 's1' }]);
    expect(await told(room.bob, room.id, 'rang')).toMatchObject([{ name: 'bell' }]);
    expect((await told(room.bob, room.id, 'welcome')).map(({ player }) => player)).toEqual(['s1', 's2', 's1']);
    expect(await told(room.alice, room.id, 'told')).toHaveLength(1);
    expect(await told(room.bob, room.id, 'told')).toEqual([]);
    expect((await uses(room))[0]).toMatchObject({
      hook: 'on_message',
      sender: 's1',
      body: { text: 'made up' },
      by: 's1',
    });
    const channel = storedChannel(server.dataDir, room.id);
    expect(await replayed(channel)).toEqual(logged(channel));
  });

  test('cannot post for other members or fire hooks that the bot does not have', async () => {
    await using room = await openRoom(server, door, counter);

    for (const payload of [
      { hook: 'on_message', body: 'x', sender: 's2' },
      { hook: 'on_leave', player: 's2' },
      { hook: 'on_leave' },
      { hook: 'on_timer' },
      { hook: 'on_timer', name: 'no name!' },
      { hook: 'constructor' },
      { hook: 'on_message', body: { type: 'member_joined' } },
      { hook: 'on_message', body: [1] },
      {},
    ]) {
      expect(await refusal(debug(room, 'emit_hook', payload))).toMatchObject({ code: 'INVALID_REQUEST' });
    }

    expect(await uses(room)).toEqual([]);
  });

  test('pauses a bot, which gets all missed messages afterwards, in order', async () => {
    await using room = await openRoom(server, door, counter);
    const statusOf = async () => (await room.bob.call('who', { channel_id: room.id })).bots[0].status;

    expect(await debug(room, 'toggle_pause')).toMatchObject({ paused: true });
    expect(await debug(room, 'toggle_pause', { paused: true })).toMatchObject({ paused: true });
    const meanwhile = [await say(room, 'one'), await say(room, 'two')];
    const [paused, unheard] = [await statusOf(), await counts(room)];
    expect(await debug(room, 'toggle_pause')).toMatchObject({ paused: false });

    expect([...meanwhile, unheard]).toEqual([[], [], []]);
    expect([paused, await statusOf()]).toEqual(['paused', 'active']);
    expect(await eventually(async () => (await counts(room)).length === 2 && counts(room))).toEqual([1, 2]);
    expect((await uses(room)).map(({ action, paused }) => [action, paused])).toEqual([
      ['toggle_pause', true],
      ['toggle_pause', true],
      ['toggle_pause', false],
    ]);
  });

  test('shows the output of a bot to admins, and to others if an admin shares it', async () => {
    await using room = await openRoom(server, door, withKey());
    await say(room, 'one');
    await say(room, 'two');

    const { logs } = await debug(room, 'tail_logs');
    const newest = await debug(room, 'tail_logs', { runs: 1 });
    const hidden = JSON.stringify(await everythingRead(room.bob, room.id));
    await debug(room, 'tail_logs', { runs: 1, share: true });

    const second = { run: 5, lines: ['heard two from s1', 'n is 1 key [secret]'] };
    expect(logs).toEqual([{ run: 4, lines: ['heard one from s1', 'n is 0 key [secret]'] }, second]);
    expect(newest.logs).toEqual([second]);
    expect(hidden).not.toContain('heard one');
    const seen = await uses(room);
    expect(seen.slice(0, 2).every((use) => !('logs' in use))).toBe(true);
    expect(seen[2]).toMatchObject({ action: 'tail_logs', logs: [second] });
  });

  test('accepts no payload with a secret of the bot, and does not say which secret it was', async () => {
    await using room = await openRoom(server, door, withKey());

    for (const [action, payload] of [
      ['replace_state', { state: { n: KEY } }],
      ['emit_hook', { hook: 'on_message', body: `is it ${KEY}?` }],
    ] as const) {
      const refused = await refusal(debug(room, action, payload));
      expect(refused).toMatchObject({ code: 'INVALID_REQUEST', detail: 'payload contains a secret of the bot' });
      expect(JSON.stringify(refused)).not.toContain('KEY');
    }
    expect(await uses(room)).toEqual([]);
  });

  test('can be used only by admins of the channel, and only for bots of the channel', async () => {
    await using room = await openRoom(server, door, counter);
    const { alice, bob, mallory, id: channel_id } = room;
    const look = { channel_id, bot_id, action: 'inspect_state' };

    expect(await refusal(bob.call('debug_bot', look))).toMatchObject({ code: 'NOT_ADMIN' });
    expect(await refusal(mallory.call('debug_bot', look))).toMatchObject({ code: 'NOT_MEMBER' });
    for (const [bot, code] of [
      [{ bot_id: 'bot_Nobody_0' }, 'BOT_NOT_FOUND'],
      [{ slot_id: 's1' }, 'BOT_NOT_FOUND'],
      [{ slot_id: 's0', bot_id: 'bot_Nobody_0' }, 'BOT_NOT_FOUND'],
      [{ slot_id: 's9' }, 'SLOT_NOT_FOUND'],
      [{}, 'INVALID_REQUEST'],
    ] as const) {
      expect(await refusal(debug(room, 'inspect_state', {}, bot))).toMatchObject({ code });
    }
    expect(await refusal(debug(room, 'inspect_state', { whole: true }))).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await refusal(debug(room, 'explode'))).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await uses(room)).toEqual([]);
    await alice.call('update_channel', { channel_id, ops: [{ type: 'close' }] });
    expect(await refusal(debug(room, 'inspect_state'))).toMatchObject({ code: 'CHANNEL_CLOSED' });
  });
});

test('Neither members nor bots can post an entry that looks like a use of debug_bot', async () => {
  const bot_code = `class Forger { constructor(ctx) { this.ctx = ctx; } onMessage() { this.ctx.post('control', { type: 'control:debug', action: 'emit_hook', hook: 'on_init' }); } }`;
  await using room = await openRoom(server, rest, { bot_code });

  const forged = { channel_id: room.id, body: { type: 'control:debug', bot_id, hook: 'on_init' } };

  expect(await refusal(room.alice.call('post_message', forged))).toMatchObject({ code: 'INVALID_REQUEST' });
  expect(await say(room, 'forge')).toMatchObject([{ body: { type: 'bot:error', code: 'BAD_EFFECT' } }]);
});

test('A paused bot stays paused after a crash, and later receives the missed messages', async () => {
  await using room = await openRoom(server, rest, counter);
  await debug(room, 'toggle_pause');
  await say(room, 'before');

  await server.crashAndRestart();
  const meanwhile = await say(room, 'after');
  const hook = debug(room, 'emit_hook', { hook: 'on_timer', name: 'bell' });
  await hook;
  const unheard = [await counts(room), await told(room.bob, room.id, 'rang')];
  await debug(room, 'toggle_pause', { paused: false });

  expect([meanwhile, ...unheard]).toEqual([[], [], []]);
  await eventually(async () => (await told(room.bob, room.id, 'rang')).length);
  expect(await counts(room)).toEqual([1, 2]);
});

test('If a state is replaced while a hook runs, the hook is repeated with the new state', async () => {
  await using room = await openRoom(server, rest, counter);
  const asked = room.alice.call('post_message', { channel_id: room.id, body: 'slow', wait_ms: 20_000 });

  await eventually(async () => (await everythingRead(room.bob, room.id)).some(({ body }) => body.text === 'slow'));
  await debug(room, 'replace_state', { state: { n: 100 } });
  await asked;

  const [n] = await counts(room);
  const { n: left } = stateOf(room);
  // Either the hook was first and its state is gone, or it ran again on the new one; never a mix of both.
  expect([
    [1, 100],
    [101, 101],
  ]).toContainEqual([n, left]);
  expect(await counts(room)).toHaveLength(1);
});

test('The output of a bot survives a restart, up to its limit', async () => {
  const bot_code = `class Chatty { constructor(ctx) { this.ctx = ctx; } onMessage() { this.ctx.log('x'.repeat(60000)); } }`;
  await using room = await openRoom(server, rest, { bot_code });
  for (let i = 0; i < 8; i++) await say(room, 'more');

  await server.crashAndRestart();
  const { logs } = await debug(room, 'tail_logs', { runs: 50 }, { slot_id: 's0' });

  expect(logs.map(({ run }: { run: number }) => run)).toEqual([5, 6, 7, 8]);
  expect(logs.at(-1).lines).toEqual(['x'.repeat(60_000)]);
});
