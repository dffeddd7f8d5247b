import { describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';

import { openRoom, refusal } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

const SEATS = ['invite:alice', 'invite:bob'];
const ECHO = `export default class Echo {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { this.ctx.post('bot', { echo: body }); }
}`;

const bodiesOf = (answer: { messages: { kind: string; body: object }[] }) =>
  answer.messages.filter(({ kind }) => kind === 'user').map(({ body }) => body);

describe.each(DOORS)('Arguments as models send them, over %s', (_, door) => {
  test('create_channel accepts lists and objects as JSON text, and empty texts for omitted fields', async () => {
    await using alice = await door(server, 'alice');

    const made = await alice.call('create_channel', {
      name: 'As text',
      slots: '["bot:referee","invite:alice","invite:bob"]',
      bot_preset: 'GuessBot',
      bot_params: '{"range":[1,10]}',
      bot_code: '',
      bot_language: '',
      bot_env: '{}',
      bots: '',
      visibility: '',
      mode: '',
      distinct_members: 'false',
      entropy: '',
    });
    const joined = await alice.call('join_channel', {
      invite_code: made.invites[0],
      channel_id: '',
      seat: '',
      public_key: '',
    });

    expect(made.invites).toHaveLength(2);
    expect(joined.slot_id).toBe('s1');
    const { messages } = await alice.call('sync_messages', {
      channel_id: made.channel_id,
      cursor: '0',
      limit: '500',
      timeout_ms: '0',
      seat: '',
    });
    expect(messages.find(({ body }: { body: { type: string } }) => body.type === 'prompt').body.range).toEqual([1, 10]);
  });

  test('bots and ops are read from the JSON text of a list or of its items', async () => {
    await using room = await openRoom(server, door, {
      slots: ['bot:echo', 'invite:alice', 'invite:bob'],
      bots: [JSON.stringify({ slot: 's0', inline_code: ECHO, params: '{"a":"1"}', version: '' })],
    });
    const { id, alice } = room;

    const renamed = await alice.call('update_channel', {
      channel_id: id,
      ops: JSON.stringify([{ type: 'rename', name: 'Renamed', slot_id: '' }]),
    });
    const { replies } = await alice.call('post_message', {
      channel_id: id,
      body: 'hi',
      wait_ms: '30000',
      to: '',
      sig: '',
      nonce: '',
      if_seq: '',
    });

    expect(renamed.view.name).toBe('Renamed');
    expect(replies[0].body.echo).toEqual({ text: 'hi' });
  });

  test('a body that is text stays text, whatever it looks like', async () => {
    await using room = await openRoom(server, door, { slots: SEATS });
    const { id, alice, bob } = room;
    const texts = ['46', 'true', 'null', '[1,2]', '{"a":1}', ' ', 'None', '"x"'];

    for (const body of [...texts, '']) await alice.call('post_message', { channel_id: id, body, wait_ms: 0 });
    await alice.call('make_game_move', { channel_id: id, game: 'g', action: 'a', value: '7', wait_ms: 0 });
    await alice.call('make_game_move', { channel_id: id, game: 'g', action: 'a', value: '', wait_ms: 0 });

    expect(bodiesOf(await bob.call('sync_messages', { channel_id: id, timeout_ms: 0 }))).toEqual([
      ...texts.map((text) => ({ text })),
      {},
      { type: 'move', game: 'g', action: 'a', value: '7' },
      { type: 'move', game: 'g', action: 'a' },
    ]);
  });

  test('a kind other than user is stored as a label, and does not change the sender', async () => {
    await using room = await openRoom(server, door, { slots: SEATS });
    const { id, alice, bob } = room;
    const say = (kind: string, body: unknown) => alice.call('post_message', { channel_id: id, kind, body, wait_ms: 0 });

    await say('user', 'plain');
    await say('', 'empty');
    await say('chat', 'hello');
    await say('system', { type: 'note', n: 1 });
    const refused = await refusal(say('a\u202eb', 'hidden'));

    const { messages } = await bob.call('sync_messages', { channel_id: id, timeout_ms: 0 });
    expect(bodiesOf({ messages })).toEqual([
      { text: 'plain' },
      { text: 'empty' },
      { text: 'hello', label: 'chat' },
      { type: 'note', n: 1, label: 'system' },
    ]);
    expect(messages.slice(-4).map(({ sender, kind }: { sender: string; kind: string }) => [sender, kind])).toEqual(
      Array(4).fill(['s0', 'user']),
    );
    expect(refused).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining('kind must not hold') });
  });

  test('a label counts as text in a channel that allows no text', async () => {
    const channel = {
      slots: ['bot:referee', 'invite:alice', 'invite:bob'],
      bot_preset: 'GuessBot',
      mode: 'typed_only',
    };
    await using room = await openRoom(server, door, channel);
    const move = { type: 'move', game: 'guess', action: 'guess', value: 5 };
    const say = (kind: string) =>
      room.alice.call('post_message', { channel_id: room.id, kind, body: move, wait_ms: 0 });

    await say('user');

    expect(await refusal(say('smuggled'))).toMatchObject({ code: 'TEXT_NOT_ALLOWED' });
  });

  test('a timeout that is too long is reduced to the maximum, and the answer says so', async () => {
    await using room = await openRoom(server, door, { slots: SEATS });
    const { id, alice } = room;
    const { msg_id } = await alice.call('post_message', { channel_id: id, body: 'first', wait_ms: 0 });

    const answers = await Promise.all([
      alice.call('sync_messages', { channel_id: id, cursor: 0, timeout_ms: 600_000 }),
      alice.call('wait_for_message', { channel_id: id, since_id: msg_id - 1, timeout_ms: '90000' }),
      alice.call('post_message', { channel_id: id, body: 'second', wait_ms: 50_001 }),
    ]);
    const allowed = await alice.call('sync_messages', { channel_id: id, cursor: 0, timeout_ms: 50_000 });

    expect(answers.map(({ wait_hint }) => wait_hint)).toEqual(
      ['timeout_ms', 'timeout_ms', 'wait_ms'].map((field) => expect.stringMatching(`^${field} .* 50000 milliseconds`)),
    );
    expect(allowed.wait_hint).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ['create_channel', { name: 'Room', slots: 'invite:a, invite:b' }, 'slots must be an array'],
    ['create_channel', { name: 'Room', slots: '["invite:a"' }, 'slots must be an array'],
    ['create_channel', { name: 'Room', slots: SEATS, bot_params: 'range 1 to 10' }, 'bot_params must be an object'],
    ['create_channel', { name: null, slots: SEATS }, 'name is required'],
    ['join_channel', { invite_code: 'inv_0000000000', require_sig: 'maybe' }, 'require_sig must be a boolean value'],
    [
      'post_message',
      { channel_id: 'chn_00000000000', body: 'x', wait_ms: 'long' },
      'wait_ms must be an integer number',
    ],
    ['sync_messages', { channel_id: 'chn_00000000000', cursor: 'start' }, 'cursor must be an integer number'],
  ])('%s with %j is refused with one plain sentence', async (operation, input, detail) => {
    await using alice: Person = await door(server, 'alice');

    expect(await refusal(alice.call(operation, input))).toMatchObject({ code: 'INVALID_REQUEST', detail });
  });

  test('a page of sync_messages has up to 500 messages if no limit is given', async () => {
    await using room = await openRoom(server, door, { slots: SEATS });
    const { id, alice, bob } = room;
    const said = Array.from({ length: 120 }, (_, n) => n);
    for (const n of said) await alice.call('post_message', { channel_id: id, body: { n }, wait_ms: 0 });

    const page = await bob.call('sync_messages', { channel_id: id });

    expect(bodiesOf(page)).toEqual(said.map((n) => ({ n })));
    expect(page.has_more).toBe(false);
  });
});
