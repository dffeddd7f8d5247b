import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { bearer } from '../support/oauth.js';
import { everythingRead, openRoom, type Room, refusal } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

const nested = (depth: number): object => (depth > 1 ? { a: nested(depth - 1) } : {});

describe.each(DOORS)('A body, over %s', (_, door) => {
  let room: Room;
  beforeAll(async () => {
    room = await openRoom(server, door, { slots: ['invite:a', 'invite:b'] });
  });
  afterAll(async () => {
    await room[Symbol.asyncDispose]();
  });
  const say = (body: unknown, person: Person = room.alice) =>
    person.call('post_message', { channel_id: room.id, body, wait_ms: 0 });

  test.each<[string, unknown, object]>([
    ['text', 'hello', { text: 'hello' }],
    ['text that is no JSON', '{"type":', { text: '{"type":' }],
    ['text that is JSON without a type', '{"a":1}', { text: '{"a":1}' }],
    ['text that is JSON with a type', ' {"type":"move","value":7}', { type: 'move', value: 7 }],
    ['text that is a list', '[1,2]', { text: '[1,2]' }],
    ['no text', '', {}],
    ['an object', { type: 'x', list: [1, { deep: null }] }, { type: 'x', list: [1, { deep: null }] }],
    [
      'an object with names of our language',
      { constructor: 'x', toJSON: 1, valueOf: [2] },
      { constructor: 'x', toJSON: 1, valueOf: [2] },
    ],
    ['text in any script, never normalised', 'e\u0301 猫 \u{1f600} \u200f', { text: 'e\u0301 猫 \u{1f600} \u200f' }],
    ['20 levels', nested(20), nested(20)],
  ])('may be %s', async (_case, body, stored) => {
    const { msg_id } = await say(body);

    const read = (await everythingRead(room.bob, room.id)).at(-1);
    expect(read).toMatchObject({ id: msg_id, kind: 'user', sender: 's0' });
    expect(read.body).toEqual(stored);
  });

  test('that is omitted is empty', async () => {
    await room.alice.call('post_message', { channel_id: room.id, wait_ms: 0 });

    expect((await everythingRead(room.bob, room.id)).at(-1).body).toEqual({});
  });

  test.each<[string, unknown, string]>([
    ['a number', 5, 'body must be a string or an object'],
    ['a list', [{ text: 'x' }], 'body must be a string or an object'],
    ['true', true, 'body must be a string or an object'],
    ['21 levels', nested(21), 'body is nested deeper than 20'],
    ['half a character', 'a\ud800b', 'not well-formed Unicode'],
    ['half a character in a name', { 'a\udc00': 1 }, 'not well-formed Unicode'],
    ['half a character in JSON text', '{"type":"x","t":"\\ud800"}', 'not well-formed Unicode'],
    ['a prototype', JSON.parse('{"a":{"__proto__":{"x":1}}}'), 'body has a field named __proto__'],
    ['a prototype in JSON text', '{"type":"x","__proto__":{"y":1}}', 'body has a field named __proto__'],
    ...['bot:attach', 'bot:error', 'member_joined', 'channel_created', 'round:reveal', 'revealed', 'x_applied'].map(
      (type): [string, unknown, string] => [`of the type ${type}`, { type }, 'can only be posted by the server'],
    ),
    ['of a reserved type in JSON text', '{"type":"bot:manifest"}', 'can only be posted by the server'],
  ])('may not be %s', async (_case, body, detail) => {
    const before = await everythingRead(room.bob, room.id);

    const problem = await refusal(say(body));

    expect(problem).toMatchObject({ code: 'INVALID_REQUEST', status: 400, detail: expect.stringContaining(detail) });
    expect(await everythingRead(room.bob, room.id)).toEqual(before);
  });

  test.each<[string, unknown]>([
    ['text', 'x'.repeat(65_536)],
    ['text of large characters', '猫'.repeat(22_000)],
    ['an object', { type: 'x', data: 'y'.repeat(65_530) }],
    ['a list of very many items', { a: Array(40_000).fill(0) }],
  ])('may not be larger than 64 KB: %s', async (_case, body) => {
    expect(await refusal(say(body))).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413, limit: 65_536 });
  });

  test('may be exactly 64 KB', async () => {
    await say('x'.repeat(65_536 - '{"text":""}'.length));
  });

  test('of a move is made from its fields', async () => {
    const move = { channel_id: room.id, game: 'guess', action: 'guess', wait_ms: 0 };
    await room.alice.call('make_game_move', { ...move, value: 42 });
    await room.alice.call('make_game_move', { ...move, action: 'concede' });

    const [guess, concede] = (await everythingRead(room.bob, room.id)).slice(-2);
    expect(guess.body).toEqual({ type: 'move', game: 'guess', action: 'guess', value: 42 });
    expect(concede.body).toEqual({ type: 'move', game: 'guess', action: 'concede' });
    const odd = await refusal(room.alice.call('make_game_move', { ...move, value: { x: 1 } }));
    expect(odd.code).toBe('INVALID_REQUEST');
  });

  test('with a number that JSON cannot represent is refused', async () => {
    const response = await fetch(`${server.url}/post_message`, {
      method: 'POST',
      headers: { ...bearer({ access_token: room.alice.token }), 'content-type': 'application/json' },
      body: `{"channel_id":"${room.id}","body":{"n":1e400}}`,
    });

    expect(await response.json()).toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
