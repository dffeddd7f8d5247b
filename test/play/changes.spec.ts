import { describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { eventually, everythingRead, openRoom, refusal, told } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';
import { contestOf, GREETER, openPlay, PICKER } from './room.js';

const server = useServer();

const BOT = 'bot_Picker_0';
const GUESS = { bot_preset: 'GuessBot', distinct_members: true };

/** Everything that is no move, as an admin who plays would do it to a round that goes badly. */
const CHANGES: [string, object][] = [
  ['kick', { type: 'kick', slot_id: 's2' }],
  ['yield_slot', { type: 'yield_slot', slot_id: 's2', to: 'invite' }],
  ['yield_control', { type: 'yield_control', from_slot: 's2', to: 'observe' }],
  ['set_admin', { type: 'set_admin', slot_id: 's2', admin: true }],
  ['new_invite', { type: 'new_invite', slot_id: 's3' }],
  ['revoke_rejoin', { type: 'revoke_rejoin', slot_id: 's2' }],
  ['set_bot', { type: 'set_bot', slot_id: 's0', bot_def: { bot_code: GREETER } }],
  ['remove_bot', { type: 'remove_bot', slot_id: 's0' }],
  ['void_round', { type: 'void_round' }],
  ['close', { type: 'close' }],
];

describe.each(DOORS)('A round in play, over %s', (_, door) => {
  describe('outside a contest', () => {
    test.each(CHANGES)('is void before %s is carried out, and nobody wins it', async (type, op) => {
      await using room = await openPlay(server, door, false);
      const before = (await everythingRead(room.alice, room.id)).length;

      await room.alice.call('update_channel', { channel_id: room.id, ops: [op] });

      const voided = await told(room.bob, room.id, 'round:void').catch(() => told(room.alice, room.id, 'round:void'));
      expect(voided).toEqual([{ type: 'round:void', bot_id: BOT, round: 1, cause: 'admin', by: 's1', op: type }]);
      const after = (await everythingRead(room.alice, room.id)).slice(before).map(({ body }) => body.type);
      expect(after.slice(0, 2)).toEqual(['round:void', 'round:reveal']);
      expect(after).not.toContain('round:end');
    });

    test('is followed by a new one with a fresh state and a new seed, which gets only later moves', async () => {
      await using room = await openPlay(server, door, false);

      await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'kick', slot_id: 's2' }] });

      const [commit] = await told(room.alice, room.id, 'round:commit');
      expect(commit).toMatchObject({ round: 2, restart: true, bot_id: BOT });
      const ready = await eventually(async () => {
        const said = await told(room.alice, room.id, 'ready');
        return said.length > 1 && said;
      });
      expect(ready.map(({ players }) => players)).toEqual([0, 1]);
      const { runs } = await room.alice.call('list_runs', { channel_id: room.id, bot_id: BOT });
      expect(runs.map(({ hook, round }: { hook: string; round: number }) => [round, hook])).toEqual([
        [1, 'on_init'],
        [1, 'on_join'],
        [1, 'on_join'],
        [2, 'on_init'],
      ]);
      expect(runs.slice(0, 3).every(({ receipt }: { receipt?: object }) => receipt)).toBe(true);
      expect(runs[3].receipt).toBeUndefined();
    });

    test.each([
      ['emit_hook', { hook: 'on_init' }],
      ['replace_state', { state: { number: 1 } }],
      ['toggle_pause', { paused: true }],
    ])('is void before debug_bot carries out %s', async (action, payload) => {
      await using room = await openPlay(server, door, false);

      await room.alice.call('debug_bot', { channel_id: room.id, slot_id: 's0', action, payload });

      expect(await told(room.bob, room.id, 'round:void')).toEqual([
        { type: 'round:void', bot_id: BOT, round: 1, cause: 'admin', by: 's1', op: `debug_bot:${action}` },
      ]);
    });

    test('continues when the channel is renamed', async () => {
      await using room = await openPlay(server, door, false);

      await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'rename', name: 'Other' }] });
      await room.alice.call('attach_bot', { channel_id: room.id, slot: 's4', bot_code: GREETER });

      expect(await told(room.bob, room.id, 'round:void')).toEqual([]);
    });

    test('continues when a member leaves: that is a move, and the bot decides', async () => {
      await using room = await openPlay(server, door, false);

      await room.bob.call('leave_channel', { channel_id: room.id });

      await room.alice.call('sync_messages', { channel_id: room.id, cursor: 0, timeout_ms: 0 });
      expect(await told(room.alice, room.id, 'round:void')).toEqual([]);
      await room.alice.call('post_message', { channel_id: room.id, body: 'and now?' });
      expect(await told(room.alice, room.id, 'round:end')).toMatchObject([{ round: 1, result: { left: 's2' } }]);
    });
  });

  describe('in a contest', () => {
    test.each(CHANGES)('refuses %s, also from an admin', async (_type, op) => {
      await using room = await openPlay(server, door, true);
      const before = await everythingRead(room.bob, room.id);

      expect(await refusal(room.alice.call('update_channel', { channel_id: room.id, ops: [op] }))).toMatchObject({
        code: 'ROUND_IN_PLAY',
      });

      expect(await everythingRead(room.bob, room.id)).toEqual(before);
    });

    test.each([
      ['emit_hook', { hook: 'on_init' }],
      ['replace_state', { state: {} }],
      ['toggle_pause', {}],
    ])('refuses debug_bot %s', async (action, payload) => {
      await using room = await openPlay(server, door, true);
      const before = await everythingRead(room.bob, room.id);

      const asked = room.alice.call('debug_bot', { channel_id: room.id, slot_id: 's0', action, payload });
      expect(await refusal(asked)).toMatchObject({ code: 'ROUND_IN_PLAY' });

      expect(await everythingRead(room.bob, room.id)).toEqual(before);
    });

    test('allows no further bot and no further player after the first move', async () => {
      await using room = await openPlay(server, door, true);
      await room.bob.call('post_message', { channel_id: room.id, body: 'a move' });

      const attached = room.alice.call('attach_bot', { channel_id: room.id, slot: 's4', bot_code: GREETER });
      expect(await refusal(attached)).toMatchObject({ code: 'ROUND_IN_PLAY' });
      const joined = room.mallory.call('join_channel', { invite_code: room.invites[2] });
      expect(await refusal(joined)).toMatchObject({ code: 'ROUND_IN_PLAY' });
      const stolen = room.mallory.call('join_channel', { invite_code: room.rejoinTokens[1] });
      expect(await refusal(stolen)).toMatchObject({ code: 'ROUND_IN_PLAY' });

      await room.alice.call('post_message', { channel_id: room.id, body: 'end' });
      await room.mallory.call('join_channel', { invite_code: room.invites[2] });
    });

    test('continues if the bot was paused before', async () => {
      await using room = await openRoom(server, door, contestOf(GREETER));
      const debug = (payload: object) =>
        room.alice.call('debug_bot', { channel_id: room.id, slot_id: 's0', action: 'toggle_pause', payload });
      await debug({ paused: true });
      await room.bob.call('post_message', { channel_id: room.id, body: 'psst', to: BOT });

      expect(await debug({ paused: true })).toMatchObject({ paused: true });
      expect(await debug({ paused: false })).toMatchObject({ paused: false });
      expect(await told(room.bob, room.id, 'round:void')).toEqual([]);
    });

    test('allows further players before the first move', async () => {
      await using room = await openPlay(server, door, true);

      await room.mallory.call('join_channel', { invite_code: room.invites[2] });

      expect(await told(room.alice, room.id, 'welcome')).toHaveLength(3);
    });

    test('allows changes after it has ended', async () => {
      await using room = await openPlay(server, door, true);
      await room.alice.call('post_message', { channel_id: room.id, body: 'end' });

      await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'kick', slot_id: 's2' }] });

      expect(await told(room.alice, room.id, 'round:void')).toEqual([]);
    });
  });

  describe('with GuessBot, which gives the game to the remaining player', () => {
    const GUESSING = { slots: ['bot:referee', 'invite:alice', 'invite:bob'], bot_preset: 'GuessBot' };
    const KICK = { type: 'kick', slot_id: 's2' };
    const ended = async (room: { alice: Person; id: string }) => {
      await room.alice.call('post_message', { channel_id: room.id, body: 'status', wait_ms: 30_000 });
      return told(room.alice, room.id, 'round:end');
    };

    test.each([
      ['a void and a kick', [[{ type: 'void_round' }, KICK]]],
      ['another change and a kick', [[{ type: 'set_admin', slot_id: 's2', admin: false }, KICK]]],
      ['a void, and a kick in a call of its own', [[{ type: 'void_round' }], [KICK]]],
    ])('cannot be won by %s', async (_what, calls) => {
      await using room = await openRoom(server, door, GUESSING);

      for (const ops of calls) await room.alice.call('update_channel', { channel_id: room.id, ops });

      expect(await ended(room)).toEqual([]);
    });

    test('cannot be won by a pause, a kick and a resume', async () => {
      await using room = await openRoom(server, door, GUESSING);
      const pause = (paused: boolean) =>
        room.alice.call('debug_bot', {
          channel_id: room.id,
          slot_id: 's0',
          action: 'toggle_pause',
          payload: { paused },
        });

      await pause(true);
      await room.alice.call('update_channel', { channel_id: room.id, ops: [KICK] });
      await pause(false);

      expect(await ended(room)).toEqual([]);
    });

    test('cannot be won by attaching a bot and kicking the opponent in one call', async () => {
      const free = { slots: GUESSING.slots, distinct_members: true };
      await using room = await openRoom(server, door, free);
      const bot = { type: 'set_bot', slot_id: 's0', bot_def: { bot_preset: 'GuessBot' } };

      const both = room.alice.call('update_channel', { channel_id: room.id, ops: [bot, KICK] });

      expect(await refusal(both)).toMatchObject({ code: 'ROUND_IN_PLAY' });
    });
  });

  test('with a bot without randomness is in play in a contest from the first move on', async () => {
    const quiet = `class Quiet { constructor(ctx) { this.ctx = ctx; }
      onMessage() {} onLeave() { this.ctx.finish({ winner: 'who stayed' }); } }`;
    await using room = await openRoom(server, door, { bot_code: quiet, distinct_members: true });
    await room.alice.call('post_message', { channel_id: room.id, body: 'e2e4' });
    await room.bob.call('post_message', { channel_id: room.id, body: 'e7e5' });

    const kick = room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'kick', slot_id: 's2' }] });

    expect(await refusal(kick)).toMatchObject({ code: 'ROUND_IN_PLAY' });
    expect(await room.bob.call('propose_change', { channel_id: room.id, ops: [{ type: 'void_round' }] })).toMatchObject(
      {
        status: 'open',
      },
    );
  });

  test('of a contest binds nobody if only one other account came and left, or if all members have left', async () => {
    await using one = await openRoom(server, door, { ...GUESS, slots: ['bot:r', 'invite:a', 'invite:b', 'invite:c'] });
    await one.bob.call('leave_channel', { channel_id: one.id });
    await one.alice.call('leave_channel', { channel_id: one.id });

    await one.alice.call('update_channel', { channel_id: one.id, ops: [{ type: 'close' }] });
    expect((await one.alice.call('who', { channel_id: one.id })).view.closed_at).toBeDefined();
  });

  test('is replaced by a new one for a player who joins after the admin has read the output of the bot', async () => {
    const printing = `class Printing { constructor(ctx) { this.ctx = ctx; }
      onInit() { const n = this.ctx.random(1000); console.log('secret ' + n); this.ctx.setState({ n }); } }`;
    const slots = ['bot:r', 'invite:a', 'invite:b'];
    await using alice = await door(server, 'alice');
    await using bob = await door(server, 'bob');
    const { channel_id, invites } = await alice.call('create_channel', { name: 'P', slots, bot_code: printing });
    await alice.call('join_channel', { invite_code: invites[0] });
    const tail = () => alice.call('debug_bot', { channel_id, slot_id: 's0', action: 'tail_logs' });
    expect((await tail()).logs).toHaveLength(1);

    await bob.call('join_channel', { invite_code: invites[1] });

    expect(await told(bob, channel_id, 'round:void')).toMatchObject([{ round: 1, op: 'debug_bot:tail_logs' }]);
    expect(await told(bob, channel_id, 'round:commit')).toMatchObject([{ round: 2, restart: true }]);
    expect((await tail()).closed_from_run).toBeGreaterThan(1);
  });

  test('is not in play while its creator tries the bot alone', async () => {
    await using room = await openRoom(server, door, {
      slots: ['bot:referee', 'invite:alice'],
      bot_code: PICKER,
      bot_manifest: { name: 'Picker', binding: true, permissions: { private_messages: true } },
    });

    await room.alice.call('debug_bot', {
      channel_id: room.id,
      slot_id: 's0',
      action: 'emit_hook',
      payload: { hook: 'on_init' },
    });

    expect(await told(room.alice, room.id, 'round:void')).toEqual([]);
  });

  test('is not in play if the bot has not used randomness, committed to anything or got a private message', async () => {
    await using room = await openRoom(server, door, { bot_code: GREETER });
    await room.bob.call('post_message', { channel_id: room.id, body: 'hello' });

    await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'kick', slot_id: 's2' }] });
    expect(await told(room.alice, room.id, 'round:void')).toEqual([]);
  });

  test('is in play from the first private message to the bot', async () => {
    await using room = await openRoom(server, door, { bot_code: GREETER });
    await room.bob.call('post_message', { channel_id: room.id, body: 'for you', to: 'bot_Greeter_0' });

    await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'kick', slot_id: 's2' }] });
    expect(await told(room.alice, room.id, 'round:void')).toHaveLength(1);
  });

  test('hides the output of the bot, also from admins, until it is over', async () => {
    await using room = await openPlay(server, door, false);
    const { alice, bob } = room;
    await bob.call('post_message', { channel_id: room.id, body: 'my hand is bad', to: BOT });
    const tail = () => alice.call('debug_bot', { channel_id: room.id, slot_id: 's0', action: 'tail_logs' });

    const during = await tail();
    expect(during).toMatchObject({ logs: [], closed_from_run: 1 });
    // Nothing was read, so who comes now ends nobody's round.
    await room.mallory.call('join_channel', { invite_code: room.invites[2] });
    expect(await told(bob, room.id, 'round:void')).toEqual([]);
    await alice.call('post_message', { channel_id: room.id, body: 'end' });
    const after = await tail();

    expect(after.closed_from_run).toBeUndefined();
    expect(after.logs.flatMap(({ lines }: { lines: string[] }) => lines)).toEqual(['s2 says my hand is bad']);
  });
});
