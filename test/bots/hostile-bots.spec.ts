import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BotErrorCode } from '../../bot-sdk/contract.js';
import { DOORS } from '../support/doors.js';
import { eventually, everythingRead, openRoom, type Room, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

/** Counts what it hears, and does what it is told. */
const OBEDIENT = (attack: string) => `export default class Obedient {
  constructor(ctx) { this.ctx = ctx; }
  async onMessage({ body }) {
    const { ctx } = this;
    const heard = (ctx.getState().heard ?? 0) + 1;
    ctx.setState({ heard });
    if (body.text === 'attack') { ${attack} }
    ctx.post('bot', { type: 'heard', heard });
  }
}`;

/** What would run for ever is stopped, tried once more and stopped again: how long that takes does not matter here. */
const BRIEFLY = { name: 'Obedient', limits: { wallMs: 5_000, cpuMs: 500 } };

/** Where a slow machine may meet another limit first, both are named. */
const ATTACKS: [string, string, ...BotErrorCode[]][] = [
  ['loops for ever', 'for (;;) {}', 'TIMEOUT'],
  [
    'makes promises for ever',
    'const storm = () => Promise.resolve().then(storm); await storm();',
    'TIMEOUT',
    'MEMORY_LIMIT',
  ],
  [
    'loops in a promise nobody waits for',
    '(async () => { for (;;) await null; })(); await new Promise(() => {});',
    'TIMEOUT',
  ],
  ['makes a giant text', "const all = []; for (;;) all.push('x'.repeat(1e6 + all.length));", 'MEMORY_LIMIT'],
  ['makes a text longer than any may be', "'x'.repeat(2 ** 31);", 'BOT_THREW'],
  [
    'fills its memory',
    'const all = []; for (;;) all.push(new Array(1e5).fill(all.length));',
    'MEMORY_LIMIT',
    'TIMEOUT',
  ],
  ['calls itself for ever', 'const down = () => down() + 1; down();', 'STACK_OVERFLOW'],
  ['posts a megabyte', "for (let i = 0; i < 20; i++) ctx.post('bot', { text: 'x'.repeat(55000) });", 'OUTPUT_LIMIT'],
  ['posts too large a body', "ctx.post('bot', { text: 'x'.repeat(70000) });", 'BODY_TOO_LARGE'],
  ['posts a thousand times', "for (let i = 0; i < 1000; i++) ctx.post('bot', { i });", 'POST_LIMIT'],
  ['remembers 10 MB', "ctx.setState({ all: 'x'.repeat(1e7) });", 'STATE_TOO_LARGE'],
  ['saves over a state it has not seen', 'ctx.setState({}, 1); ctx.set_state({}, 1);', 'STALE_STATE'],
  ['throws', "throw new Error('on purpose');", 'BOT_THREW'],
  ['throws what cannot be told', 'throw { get name() { throw 1; }, get message() { throw 2; } };', 'BOT_THREW'],
  ['waits for nothing', 'await new Promise(() => {});', 'BOT_THREW'],
  ['posts as the server', "ctx.post('bot', { type: 'bot:attach', code_hash: 'sha256:0' });", 'BAD_EFFECT'],
  [
    'says somebody joined',
    "ctx.post('system', { type: 'member_joined', slot_id: 's9', role: 'player' });",
    'BAD_EFFECT',
  ],
  ['writes to a seat that is nobody’s', "ctx.dm('s9', 'private', { text: 'x' });", 'BAD_EFFECT'],
  ['writes to the bot slot', "ctx.dm('s0', 'private', { text: 'x' });", 'BAD_EFFECT'],
  ['reveals what is not its own', 'ctx.reveal(1);', 'BAD_EFFECT'],
  ['reveals what is not there', 'ctx.reveal(999999);', 'BAD_EFFECT'],
  ['changes what is not there', "ctx.updateChannel([{ type: 'kick', slot_id: 's9' }]);", 'UPDATE_REFUSED'],
  ['closes the channel and goes on', "ctx.updateChannel([{ type: 'close' }, { type: 'close' }]);", 'UPDATE_REFUSED'],
  ['sets too many timers', "for (let i = 0; i < 17; i++) ctx.setTimer('t' + i, 60);", 'BAD_EFFECT'],
  ['posts what is no JSON', "ctx.post('bot', { n: NaN });", 'BAD_EFFECT'],
  ['posts a prototype', `ctx.post('bot', JSON.parse('{"__proto__":{"x":1}}'));`, 'BAD_EFFECT'],
  ['fetches', "await ctx.fetch('http://127.0.0.1:1/');", 'FETCH_BLOCKED'],
  ['imports at run time', "const name = 'node:fs'; await import(name);", 'MODULE_NOT_ALLOWED'],
  ['makes code of text', "new Function('return 1')();", 'BOT_THREW'],
];

const [[, rest]] = DOORS as [(typeof DOORS)[number]];
let server: RunningServer;
let neighbours: Room;
beforeAll(async () => {
  server = await startServer();
  neighbours = await openRoom(server, rest, { bot_code: OBEDIENT('') });
});
afterAll(async () => {
  await neighbours[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test.each(ATTACKS)('A bot that %s loses that run, and nobody else is affected', async (_attack, code, ...expected) => {
  const brief = expected[0] === 'TIMEOUT' && { bot_manifest: BRIEFLY };
  await using room = await openRoom(server, rest, { bot_code: OBEDIENT(code), ...brief });
  const { id, alice, bob } = room;
  await alice.call('post_message', { channel_id: id, body: 'first' });
  const attacking = alice.call('post_message', { channel_id: id, body: 'attack', wait_ms: 50_000 });
  const chat = await bob.call('post_message', { channel_id: id, body: 'meanwhile', wait_ms: 0 });
  const next = neighbours.alice.call('post_message', { channel_id: neighbours.id, body: 'hello', wait_ms: 50_000 });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect((await bob.call('health_check')).status).toBe('healthy');
  expect((await next).replies[0].body.type).toBe('heard');

  const { replies, msg_id } = await attacking;

  expect(chat.msg_id).toBeGreaterThan(0);
  expect(replies.map(({ kind, body }: Room['created']) => [kind, body.type])).toEqual([['system', 'bot:error']]);
  expect(expected).toContain(replies[0].body.code);
  expect(replies[0].body).toMatchObject({ bot_id: 'bot_Obedient_0', hook: 'on_message', event_seq: msg_id });
  expect(replies[0].sender).toBe('system');
  await alice.call('post_message', { channel_id: id, body: 'last', wait_ms: 50_000 });
  // The failed run saved nothing; the three others counted on.
  expect((await told(bob, id, 'heard')).map(({ heard }) => heard)).toEqual([1, 2, 3]);
  const { runs } = await bob.call('list_runs', { channel_id: id, bot_id: 'bot_Obedient_0' });
  const failed = runs.filter(({ outcome }: { outcome: string }) => outcome !== 'ok');
  expect(failed).toMatchObject([{ event_seq: msg_id, hook: 'on_message' }]);
});

test('Members can still post in a channel whose bot fails at once', async () => {
  await using room = await openRoom(server, rest, {
    bot_code: "class Broken { onInit() { throw new Error('ignore all previous instructions'); } }",
  });
  const { id, alice, bob } = room;

  const [error] = await told(bob, id, 'bot:error');

  expect(error).toMatchObject({ code: 'BOT_THREW', hook: 'on_init', run: 1 });
  expect((await alice.call('post_message', { channel_id: id, body: 'hello' })).replies).toEqual([]);
  expect((await everythingRead(bob, id)).at(-1).body.text).toBe('hello');
});

test('The error of a bot on a private message does not reveal which hook failed', async () => {
  await using room = await openRoom(server, rest, {
    bot_code: 'class Sly { onPrivateMessage() { throw new Error(); } }',
  });
  await room.alice.call('dm_bot', { channel_id: room.id, bot_id: 'bot_Sly_0', message: 'psst' });

  const [error] = await told(room.bob, room.id, 'bot:error');

  expect(error.code).toBe('BOT_THREW');
  expect(Object.keys(error).sort()).toEqual(['bot_id', 'code', 'detail', 'run', 'type']);
});

test('A kind that is reserved for the server becomes a label, and the sender is the bot', async () => {
  await using room = await openRoom(server, rest, {
    bot_code: `class Loud { constructor(ctx) { this.ctx = ctx; }
      onInit() { for (const kind of ['system', 'user', 'receipt', 'verdict', 'control']) this.ctx.post(kind, { sender: 'system', kind, bot_id: 'bot_Other_9' }); } }`,
  });

  const said = (await everythingRead(room.bob, room.id)).filter(({ sender }) => sender === 'bot:bot_Loud_0');

  expect(said.map(({ kind, body }) => [kind, body.label, body.bot_id])).toEqual([
    ['bot', 'system', 'bot_Loud_0'],
    ['bot', 'user', 'bot_Loud_0'],
    ['bot', 'receipt', 'bot_Loud_0'],
    ['bot', 'verdict', 'bot_Loud_0'],
    ['control', undefined, 'bot_Loud_0'],
  ]);
});

test('A verdict that a bot puts into its own reveal is overwritten by the server', async () => {
  await using room = await openRoom(server, rest, {
    bot_code: `class Liar { constructor(ctx) { this.ctx = ctx; }
      onInit() { this.ctx.post('control', { type: 'bot:commit', commit: 'ab'.repeat(32) }); }
      onMessage() { this.ctx.post('control', { type: 'bot:reveal', target: 7, nonce: 'n', verified: true }); } }`,
  });

  await room.alice.call('post_message', { channel_id: room.id, body: 'reveal' });

  expect((await told(room.bob, room.id, 'bot:reveal'))[0].verified).toBe(false);
});

describe('Many attacks at the same time', () => {
  test('do not stop the server from answering, and each channel gets its own error', async () => {
    const codes = ['for (;;) {}', 'for (;;) await null;', 'const f = () => f() + 1; f();'];
    const rooms = await Promise.all(
      codes.map((code) => openRoom(server, rest, { bot_code: OBEDIENT(code), bot_manifest: BRIEFLY })),
    );
    const attacks = rooms.map(({ alice, id }) =>
      alice.call('post_message', { channel_id: id, body: 'attack', wait_ms: 0 }),
    );
    await Promise.all(attacks);

    for (const room of rooms) {
      const [error] = await eventually(async () => {
        expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
        const errors = await told(room.bob, room.id, 'bot:error');
        return errors.length > 0 && errors;
      });
      expect(['TIMEOUT', 'STACK_OVERFLOW']).toContain(error.code);
    }
    await Promise.all(rooms.map((room) => room[Symbol.asyncDispose]()));
  });
});
