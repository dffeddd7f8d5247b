import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, rejectedWith } from '../support/doors.js';
import { everythingRead, openRoom, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const ROLL_CALL = `export default class RollCall {
  constructor(ctx) { this.ctx = ctx; }
  onJoin(player) { this.ctx.post('bot', { type: 'came', player }); }
  onLeave(player) { this.ctx.post('bot', { type: 'went', player }); }
  onMessage() { this.ctx.post('bot', { type: 'roll', seats: this.ctx.players.map((player) => player.seat) }); }
}`;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe.each(DOORS)('Opening a channel, over %s', (_, door) => {
  test.each([
    [
      'a kind nobody knows',
      { slots: ['invite:a', 'robot:z'] },
      'slot 2 (robot:z) is neither bot:…, invite:… nor observe:…',
    ],
    ['no kind', { slots: ['alice'] }, 'slot 1 (alice) is neither'],
    ['a label with markup', { slots: ['invite:<b>'] }, 'the label of slot 1'],
    ['a label that hides something', { slots: ['invite:a\u202eb'] }, 'the label of slot 1'],
    ['a label with a filler', { slots: ['invite:a\u3164b'] }, 'the label of slot 1 must not hold'],
    ['an empty label', { slots: ['invite:'] }, 'the label of slot 1'],
    ['a label of 41 letters', { slots: [`invite:${'x'.repeat(41)}`] }, 'the label of slot 1'],
    ['33 slots', { slots: Array(33).fill('invite:a') }, 'slots must contain no more than 32'],
    ['no slot', { slots: [] }, 'slots must contain at least 1'],
    ['a name of 81 letters', { name: 'x'.repeat(81) }, 'name must be shorter than or equal to 80'],
    ['no name', { name: '' }, 'name must be longer than or equal to 1'],
    ['a name that hides something', { name: 'a\u200bb' }, 'name must not hold control or invisible characters'],
    ['a name with a variation selector', { name: 'a\ufe0fb' }, 'characters, and holds U+FE0F'],
    ['a name with a filler', { name: 'a\u3164b' }, 'characters, and holds U+3164'],
    ['a name with a tag', { name: 'a\u{e0041}b' }, 'characters, and holds U+E0041'],
    ['a name that is no Unicode', { name: 'a\ud800' }, 'name holds text that is not well-formed Unicode'],
    ['entropy that is no Unicode', { entropy: '\udfff' }, 'entropy holds text that is not well-formed Unicode'],
    ['an unknown preset', { bot_preset: 'PokerBot' }, 'there is no such bot preset'],
    ['a typing name as a preset', { bots: [{ code_ref: 'builtin://Any' }] }, 'there is no such bot preset'],
    ['code from elsewhere', { bots: [{ code_ref: 'tool://x/y' }] }, 'code_ref must be builtin://<Name>'],
    [
      'more bots than free bot slots',
      { bots: [{ bot_code: 'class A { onInit() {} }' }, { bot_code: 'class B { onInit() {} }' }] },
      'more bots than',
    ],
    [
      'a bot for an invite slot',
      { bots: [{ slot: 's1', bot_code: 'class A { onInit() {} }' }] },
      'not a free bot slot',
    ],
  ])('with %s is refused with an error that names the fault', async (_case, channel, detail) => {
    await using alice = await door(server, 'alice');

    const problem = await refusal(
      alice.call('create_channel', { name: 'x', slots: ['bot:a', 'invite:b'], ...channel }),
    );

    expect(problem).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining(detail) });
    expect((await alice.call('list_channels')).channels).toEqual([]);
  });

  test('may attach a bot without hooks, which is never called', async () => {
    await using alice = await door(server, 'alice');
    const { view } = await alice.call('create_channel', { name: 'Quiet', slots: ['bot:a'], bot_code: 'class A {}' });

    expect(view.slots[0]).toMatchObject({ filled_by: expect.stringMatching(/^bot:/), occupied: true });
  });

  test.each([
    ['that is no code', { bot_code: 'class {' }, { code: 'BOT_INVALID' }],
    ['that is empty', { bot_code: ' \n' }, { code: 'BOT_INVALID', detail: expect.stringContaining('is empty') }],
    ['without a class', { bot_code: 'let x = 1' }, { code: 'BOT_INVALID' }],
    ['whose params do not fit', { bot_preset: 'GuessBot', bot_params: { players: 1 } }, { code: 'BOT_INVALID' }],
    ['with a param of no name', { bot_preset: 'GuessBot', bot_params: { target: 7 } }, { code: 'BOT_INVALID' }],
    [
      'that reads files',
      { bot_code: "import fs from 'node:fs';\nexport default class A { onInit() {} }" },
      { code: 'MODULE_NOT_ALLOWED', module: 'node:fs', allowed: expect.any(Array) },
    ],
    [
      'in Python',
      { bot_code: 'class Echo:\n    def on_message(self, msg):\n        pass\n' },
      { code: 'SANDBOX_UNAVAILABLE', languages: ['javascript', 'typescript'] },
    ],
    [
      'that wants secrets',
      { bot_code: 'class A { onInit() {} }', bot_manifest: { needs_env: ['KEY'] } },
      { code: 'BOT_INVALID', detail: expect.stringContaining('needs_env') },
    ],
  ])('with a bot %s creates nothing', async (_case, bot, problem) => {
    await using alice = await door(server, 'alice');

    const refused = await refusal(alice.call('create_channel', { name: 'x', slots: ['bot:a', 'invite:b'], ...bot }));

    expect(refused).toMatchObject(problem);
    expect(await alice.call('list_channels')).toEqual({ channels: [], total_channels: 0 });
  });

  test('does not change free JSON, whatever its fields are called', async () => {
    const bot_code = `class A { constructor(ctx, params) { this.ctx = ctx; this.params = params; }
      onInit() { this.ctx.post('bot', { type: 'params', params: this.params }); } }`;
    const bot_params = { constructor: 'x', toString: { constructor: [1] }, valueOf: null };

    await using room = await openRoom(server, door, { bot_code, bot_params });

    expect((await told(room.bob, room.id, 'params'))[0].params).toEqual(bot_params);
  });

  test('assigns bots to slots: first those that name one, then the others in order', async () => {
    await using room = await openRoom(server, door, {
      slots: ['invite:a', 'bot:first', 'bot:second', 'bot:third', 'invite:b'],
      bots: [
        { bot_code: 'class Any { onInit() {} }' },
        { slot: 'first', bot_code: 'class First { onInit() {} }' },
        { slot: 's3', bot_code: 'class Third { onInit() {} }' },
      ],
    });

    const { view, bots } = await room.bob.call('who', { channel_id: room.id });
    const sits = view.slots.map(({ filled_by }: { filled_by: string }) => filled_by);
    expect(sits).toEqual(['member:s0', 'bot:First', 'bot:Any', 'bot:Third', 'member:s4']);
    expect(bots.map(({ slot_id }: { slot_id: string }) => slot_id)).toEqual(['s1', 's2', 's3']);
    const [announced] = await told(room.bob, room.id, 'bots_announced');
    expect(announced.bots.map(({ name, slot_id }: Record<string, string>) => [slot_id, name])).toEqual([
      ['s1', 'First'],
      ['s2', 'Any'],
      ['s3', 'Third'],
    ]);
    expect(room.created.invites).toHaveLength(2);
  });
});

describe.each(DOORS)('A seat, over %s', (_, door) => {
  test('an invite works only once, for any caller', async () => {
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b'] });

    const again = [room.alice, room.bob, room.mallory].map((person) =>
      person.call('join_channel', { invite_code: room.invites[0] }),
    );

    const results = await Promise.allSettled(again);
    expect(results.filter(rejectedWith('INVITE_INVALID'))).toHaveLength(3);
    expect(await told(room.alice, room.id, 'member_joined')).toHaveLength(2);
  });

  test('is free for others after its member left, and its next holder cannot read private messages to that member', async () => {
    await using room = await openRoom(server, door, { bot_code: SECRETIVE });
    const { id, alice, bob, mallory } = room;
    await bob.call('dm_bot', { channel_id: id, bot_id: 'bot_Secretive_0', message: 'my password' });
    await alice.call('post_message', { channel_id: id, to: 's2', body: 'your password', wait_ms: 0 });
    await bob.call('leave_channel', { channel_id: id });
    const { invites } = await alice.call('update_channel', {
      channel_id: id,
      ops: [{ type: 'new_invite', slot_id: 's2' }],
    });

    await mallory.call('join_channel', { invite_code: invites[0].invite_code });

    expect((await refusal(bob.call('who', { channel_id: id }))).code).toBe('NOT_MEMBER');
    expect(JSON.stringify(await everythingRead(mallory, id))).not.toContain('password');
    const { runs } = await mallory.call('list_runs', { channel_id: id, bot_id: 'bot_Secretive_0' });
    expect(JSON.stringify(runs)).not.toContain('password');
    const { replies } = await mallory.call('dm_bot', { channel_id: id, bot_id: 'bot_Secretive_0', message: 'mine' });
    expect(replies[0].body.said).toBe('mine');
  });

  test('is taken back with a token that works once and is then replaced', async () => {
    await using room = await openRoom(server, door);
    const { id, bob, mallory } = room;
    await using later = await door(server, 'bob again');

    const { rejoin_token } = await later.call('join_channel', { invite_code: room.rejoinTokens[1] });

    expect(rejoin_token).not.toBe(room.rejoinTokens[1]);
    const replay = await refusal(mallory.call('join_channel', { invite_code: room.rejoinTokens[1] }));
    expect(replay.code).toBe('REJOIN_TOKEN_INVALID');
    expect((await refusal(bob.call('who', { channel_id: id }))).code).toBe('NOT_MEMBER');
    expect(await told(later, id, 'member_rejoined')).toEqual([
      { type: 'member_rejoined', slot_id: 's2', used_by: 'another_account' },
    ]);
    expect(await told(later, id, 'member_joined')).toHaveLength(2);
  });

  test('that an observer or a player takes back from another account is announced as such, each time', async () => {
    const slots = ['invite:alice', 'invite:bob', 'observe:carol'];
    await using room = await openRoom(server, door, { slots, visibility: 'public' });
    const { id, alice, mallory } = room;
    await using other = await door(server, 'other');
    await using carol = await door(server, 'carol');
    const watching = await carol.call('join_channel', { channel_id: id, seat: 's2' });

    const first = await mallory.call('join_channel', { invite_code: room.rejoinTokens[1] });
    await other.call('join_channel', { invite_code: first.rejoin_token });
    await mallory.call('join_channel', { invite_code: watching.rejoin_token });

    expect(await told(alice, id, 'member_rejoined')).toEqual([
      { type: 'member_rejoined', slot_id: 's1', used_by: 'another_account' },
      { type: 'member_rejoined', slot_id: 's1', used_by: 'another_account' },
      { type: 'member_rejoined', slot_id: 's2', used_by: 'another_account' },
    ]);
  });

  test('must be named if the account holds several', async () => {
    await using alice = await door(server, 'alice');
    const { channel_id, invites } = await alice.call('create_channel', {
      name: 'Both sides',
      slots: ['bot:b', 'invite:white', 'invite:black'],
      bot_code: ROLL_CALL,
    });
    for (const invite_code of invites) await alice.call('join_channel', { invite_code });
    const say = (more: object) => alice.call('post_message', { channel_id, body: 'x', wait_ms: 0, ...more });

    const ambiguous = await refusal(say({}));
    const foreign = await refusal(say({ seat: 's0' }));
    const { msg_id } = await say({ seat: 's2' });
    await alice.call('leave_channel', { channel_id, seat: 's1' });
    await say({});

    expect(ambiguous).toMatchObject({ code: 'SEAT_AMBIGUOUS', seats: ['s1', 's2'] });
    expect(foreign.code).toBe('NOT_MEMBER');
    const said = (await everythingRead(alice, channel_id)).filter(({ kind }) => kind === 'user');
    expect(said.map(({ id, sender }) => [id === msg_id, sender])).toEqual([
      [true, 's2'],
      [false, 's2'],
    ]);
  });

  test('is refused to an account with another player seat if the channel requires distinct members', async () => {
    await using alice = await door(server, 'alice');
    const { channel_id, invites } = await alice.call('create_channel', {
      name: 'Fair',
      slots: ['bot:b', 'invite:white', 'invite:black'],
      distinct_members: true,
    });
    await alice.call('join_channel', { invite_code: invites[0] });

    const second = await refusal(alice.call('join_channel', { invite_code: invites[1] }));

    expect(second).toMatchObject({
      code: 'DISTINCT_MEMBERS_REQUIRED',
      detail: 'your account already plays in seat s1',
    });
    await using bob = await door(server, 'bob');
    await bob.call('join_channel', { invite_code: invites[1] });
    expect(await told(bob, channel_id, 'member_joined')).toHaveLength(2);
  });
});

describe.each(DOORS)('A caller without a seat or with an observer seat, over %s', (_, door) => {
  test('can read everything public, cannot post, and is not a player for the bot', async () => {
    await using room = await openRoom(server, door, {
      slots: ['bot:b', 'invite:a', 'invite:b', 'observe:gallery'],
      bot_code: ROLL_CALL,
    });
    const { id, alice, mallory: carol } = room;
    const seat = await carol.call('join_channel', { invite_code: room.created.observer_invites[0] });
    await alice.call('post_message', { channel_id: id, to: 's2', body: 'not for the gallery', wait_ms: 0 });

    const { replies } = await alice.call('post_message', { channel_id: id, body: 'who plays?' });

    expect(seat.slot_id).toBe('s3');
    expect(replies[0].body.seats).toEqual(['s1', 's2']);
    const read = JSON.stringify(await everythingRead(carol, id));
    expect(read).toContain('who plays?');
    expect(read).not.toContain('not for the gallery');
    for (const [operation, more] of [
      ['post_message', { body: 'x' }],
      ['make_game_move', { game: 'g', action: 'a' }],
      ['dm_bot', { bot_id: 'bot_RollCall_0', message: 'x' }],
    ] as const) {
      expect((await refusal(carol.call(operation, { channel_id: id, ...more }))).code).toBe('OBSERVER');
    }
    await carol.call('leave_channel', { channel_id: id });
    await alice.call('post_message', { channel_id: id, body: 'who plays now?' });
    expect((await told(alice, id, 'came')).map(({ player }) => player)).toEqual(['s1', 's2']);
    expect(await told(alice, id, 'went')).toEqual([]);
  });

  test('finds a public channel, reads it, and may take free seats until there are none', async () => {
    await using room = await openRoom(server, door, {
      slots: ['bot:b', 'invite:a', 'invite:b', 'invite:c'],
      visibility: 'public',
      bot_code: ROLL_CALL,
    });
    const { id, alice, mallory: carol } = room;
    await using dave = await door(server, 'dave');
    const listed = (await carol.call('list_channels', { limit: 200 })).channels;
    const stranger = await refusal(carol.call('post_message', { channel_id: id, body: 'hello' }));
    const read = await everythingRead(carol, id);

    const seat = await carol.call('join_channel', { channel_id: id });

    expect(listed.map(({ channel_id }: { channel_id: string }) => channel_id)).toContain(id);
    expect(read).toEqual(await everythingRead(alice, id).then((all) => all.slice(0, read.length)));
    expect(stranger.code).toBe('NOT_MEMBER');
    expect(seat.slot_id).toBe('s3');
    const late = await refusal(dave.call('join_channel', { invite_code: room.invites[2] }));
    expect(late.code).toBe('INVITE_INVALID');
    expect((await refusal(dave.call('join_channel', { channel_id: id }))).code).toBe('CHANNEL_FULL');
    await carol.call('post_message', { channel_id: id, body: 'now I may', wait_ms: 0 });
    await alice.call('update_channel', { channel_id: id, ops: [{ type: 'close' }] });
    const after = (await dave.call('list_channels', { limit: 200 })).channels;
    expect(after.map(({ channel_id }: { channel_id: string }) => channel_id)).not.toContain(id);
  });

  test('cannot distinguish a private channel from one that does not exist', async () => {
    await using room = await openRoom(server, door);
    const { id, mallory } = room;

    const { channels } = await mallory.call('list_channels', { limit: 200 });
    expect(channels.map(({ channel_id }: { channel_id: string }) => channel_id)).not.toContain(id);
    for (const operation of [
      'who',
      'get_channel_info',
      'sync_messages',
      'get_messages',
      'join_channel',
      'post_message',
    ]) {
      const [there, nowhere] = await Promise.all(
        [id, 'chn_AAAAAAAAAAA'].map((channel_id) => refusal(mallory.call(operation, { channel_id }))),
      );
      expect(there.code).toBe('NOT_MEMBER');
      expect({ ...nowhere, request_id: '' }).toEqual({ ...there, request_id: '' });
    }
  });

  test('never gets the id of a session, account or client', async () => {
    await using room = await openRoom(server, door, { visibility: 'public', bot_code: ROLL_CALL });
    const answers = [
      await room.mallory.call('list_channels', { limit: 200 }),
      await room.mallory.call('who', { channel_id: room.id }),
      await everythingRead(room.mallory, room.id),
    ];

    const text = JSON.stringify(answers);
    expect(text).toContain('member:s1');
    expect(text).not.toMatch(/\b(acc|ses|cli|grt)_|session|account|client_id|\binv_|rejoin_\w{9}/);
  });
});

const SECRETIVE = `export default class Secretive {
  constructor(ctx) { this.ctx = ctx; }
  onPrivateMessage(player, msg) { this.ctx.post('private', { type: 'heard', said: msg.body.text }, { to: player }); }
}`;
