import { describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { eventually, everythingRead, openRoom, refusal, told } from '../support/rooms.js';
import { startServer } from '../support/server.js';
import { stored } from '../support/stored.js';
import { useServer } from '../support/use-server.js';

const [[, rest]] = DOORS as [(typeof DOORS)[number]];

const server = useServer();

test('A late answer goes to the member who asked, not to a new holder of the seat', async () => {
  const bot_code = `class Late {
    constructor(ctx) { this.ctx = ctx; }
    onMessage() { for (let i = 0; i < 4e7; i++); }
    onPrivateMessage(player) { this.ctx.dm(player, 'bot', { text: 'for bob alone' }); }
  }`;
  // Carol takes the seat of a public channel. An invite for it would end the round, and with it the hooks that are due.
  await using own = await startServer();
  await using room = await openRoom(own, rest, { bot_code, visibility: 'public' });
  const { id, alice, bob, mallory: carol } = room;
  const bot_id = 'bot_Late_0';
  for (let i = 0; i < 3; i++) await alice.call('post_message', { channel_id: id, body: 'work', wait_ms: 0 });
  const asked = await bob.call('dm_bot', { channel_id: id, bot_id, message: 'my secret', wait_ms: 0 });
  await bob.call('leave_channel', { channel_id: id });
  await carol.call('join_channel', { channel_id: id });
  await eventually(async () => (await alice.call('who', { channel_id: id })).bots[0] && (await runsOf()).length >= 3);

  async function runsOf() {
    return (await alice.call('list_runs', { channel_id: id, bot_id })).runs;
  }
  // The hook behind the three slow ones has run when another message behind it is answered.
  await alice.call('post_message', { channel_id: id, body: 'last', wait_ms: 30_000 });
  const read = await everythingRead(carol, id);

  expect(read.map(({ body }) => body.text)).not.toContain('for bob alone');
  expect(read.map((message) => message.id)).not.toContain(asked.msg_id);
});

describe('Effects that are refused when a run is committed', () => {
  const bot_code = `class Twice {
    constructor(ctx) { this.ctx = ctx; }
    onPrivateMessage(player, msg) { this.ctx.reveal(msg.id); this.ctx.reveal(msg.id); }
    onMessage() { this.ctx.post('bot', { type: 'bot:attach' }); }
  }`;

  test('are announced and the run is killed, for a reserved type and for a second reveal of one message', async () => {
    await using room = await openRoom(server, rest, { bot_code });
    const { id, alice, bob } = room;

    await alice.call('post_message', {
      channel_id: id,
      body: { bid: 1 },
      to: 'bot_Twice_0',
      sealed: true,
      wait_ms: 20_000,
    });
    await alice.call('post_message', { channel_id: id, body: 'go', wait_ms: 20_000 });

    const errors = await told(bob, id, 'bot:error');
    expect(errors.map(({ code }) => code)).toEqual(['BAD_EFFECT', 'BAD_EFFECT']);
    expect(await told(bob, id, 'revealed')).toEqual([]);
    const { runs, next_after, has_more } = await bob.call('list_runs', { channel_id: id, bot_id: 'bot_Twice_0' });
    expect(runs).toMatchObject([{ run: 2, outcome: 'killed' }]);
    expect([next_after, has_more]).toEqual([2, false]);
  });
});

test('The class that the manifest names is the one that runs', async () => {
  const bot_code = `class Helper { onMessage() {} }
    class Referee { constructor(ctx) { this.ctx = ctx; } onMessage() { this.ctx.post('bot', { text: 'the referee' }); } }`;
  await using room = await openRoom(server, rest, { bot_code, bot_manifest: { name: 'Referee' } });

  const { replies } = await room.alice.call('post_message', { channel_id: room.id, body: 'hi' });

  expect(replies).toMatchObject([{ sender: 'bot:bot_Referee_0', body: { text: 'the referee' } }]);
});

test('The manifest of a bot does not make a channel a contest, and a contest remains one after its bot is removed', async () => {
  const slots = ['bot:referee', 'invite:alice', 'invite:bob', 'invite:more'];
  await using wish = await openRoom(server, rest, { slots, bot_preset: 'GuessBot' });
  await using contest = await openRoom(server, rest, { slots, bot_preset: 'GuessBot', distinct_members: true });
  const again = ({ alice, invites }: typeof wish) => alice.call('join_channel', { invite_code: invites[2] });

  const removal = { channel_id: contest.id, ops: [{ type: 'remove_bot', slot_id: 's0' }] };
  const { change_id } = await contest.alice.call('propose_change', removal);
  await contest.bob.call('agree_change', { channel_id: contest.id, change_id });

  expect(await again(wish)).toMatchObject({ slot_id: 's3', view: { distinct_members: false } });
  expect(await refusal(again(contest))).toMatchObject({ code: 'DISTINCT_MEMBERS_REQUIRED' });
  const { view } = await contest.alice.call('who', { channel_id: contest.id });
  expect(view.distinct_members).toBe(true);
  expect((await told(contest.bob, contest.id, 'channel_created'))[0]).toMatchObject({ distinct_members: true });
  expect((await told(wish.bob, wish.id, 'channel_created'))[0]).not.toHaveProperty('distinct_members');
});

test.each([
  ['its bot is taken out', { type: 'remove_bot', slot_id: 's0' }],
  ['the channel is closed', { type: 'close' }],
])('A timer ends when %s', async (_case, op) => {
  const bot_code = `class Clock {
    constructor(ctx) { this.ctx = ctx; }
    onInit() { this.ctx.setTimer('late', 3600); }
  }`;
  await using room = await openRoom(server, rest, { bot_code });
  const timers = () =>
    stored(server.dataDir, (database) =>
      database.prepare('SELECT name FROM bot_timer WHERE channel_id = ?').pluck().all(room.id),
    );
  await eventually(async () => timers().length === 1);

  await room.alice.call('update_channel', { channel_id: room.id, ops: [op] });

  expect(timers()).toEqual([]);
});

test('Stopping the server does not wait for every bot with an endless loop', async () => {
  await using looping = await startServer();
  await using room = await openRoom(looping, rest, {});
  const bot_code = 'class Loop { onMessage() { for (;;); } }';
  const channels = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (n) => {
      const { channel_id, invites } = await room.alice.call('create_channel', {
        name: `Loop ${n}`,
        slots: ['bot:x', 'invite:a'],
        bot_code,
        bot_manifest: { name: 'Loop', limits: { wallMs: 1_000 } },
      });
      await room.alice.call('join_channel', { invite_code: invites[0] });
      await room.alice.call('post_message', { channel_id, body: 'go', wait_ms: 0 });
      return channel_id;
    }),
  );

  expect(await looping.stop()).toBe(0);
  await looping.start();

  // None was recorded as killed by the stop: each runs anew and fails by itself.
  for (const channel_id of channels) {
    const [error] = await eventually(async () => {
      const errors = await told(room.alice, channel_id, 'bot:error');
      return errors.length > 0 && errors;
    });
    expect(error.code).toBe('TIMEOUT');
  }
});
