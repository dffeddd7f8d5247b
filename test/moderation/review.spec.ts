import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openAdmin } from '../support/admin.js';
import { DOORS, type Person } from '../support/doors.js';
import { eventually, everythingRead, openRoom, type Room, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const ECHO = (n: string) => `export default class Echo {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { this.ctx.post('bot', { type: 'heard', what: 'init', of: '${n}' }); }
  onJoin(player) { this.ctx.post('bot', { type: 'heard', what: 'join ' + player }); }
  onMessage({ body }) { this.ctx.post('bot', { type: 'heard', what: body.text }); }
}`;

let server: RunningServer;
let admin: Person;
const say = ({ alice, id }: Room, body: string, wait_ms = 20_000) =>
  alice.call('post_message', { channel_id: id, body, wait_ms });
const botOf = async ({ bob, id }: Room) => (await bob.call('who', { channel_id: id })).bots[0];
const heard = async (room: Room) => (await told(room.bob, room.id, 'heard')).map(({ what }) => what);

describe.each(DOORS)('Code that was not yet allowed, in review mode, over %s', (doorName, door) => {
  beforeAll(async () => {
    server = await startServer({ MODERATION: 'review' });
    admin = await openAdmin(server, door);
  });
  afterAll(async () => {
    await admin.close();
    await server[Symbol.asyncDispose]();
  });

  test('is attached and announced, waits, and later gets all messages in order', async () => {
    await using room = await openRoom(server, door, { bot_code: ECHO(`order ${doorName}`) });
    const began = Date.now();
    for (const word of ['one', 'two', 'three']) expect((await say(room, word)).replies).toEqual([]);
    // Not even one of them has waited for the bot.
    expect(Date.now() - began).toBeLessThan(20_000);
    const { bot_id, code_hash, status } = await botOf(room);

    expect(status).toBe('waiting');
    expect(await told(room.bob, room.id, 'bot:waiting')).toMatchObject([{ bot_id, code_hash }]);
    expect(await heard(room)).toEqual([]);
    await admin.call('decide_bot_code', { hash: code_hash, decision: 'allow', reason_code: 'reviewed' });
    await eventually(async () => (await heard(room)).length === 6);

    expect(await heard(room)).toEqual(['init', 'join s1', 'join s2', 'one', 'two', 'three']);
    const types = (await everythingRead(room.bob, room.id)).map(({ body }) => body.type);
    expect(types.indexOf('bot:decision')).toBeLessThan(types.indexOf('heard'));
    expect(await botOf(room)).toMatchObject({ status: 'active' });
    expect((await say(room, 'four')).replies).toMatchObject([{ body: { what: 'four' } }]);
  });

  test('is stopped by a block and never runs', async () => {
    await using room = await openRoom(server, door, { bot_code: ECHO(`blocked ${doorName}`) });
    await say(room, 'one');
    const { code_hash } = await botOf(room);

    await admin.call('decide_bot_code', { hash: code_hash, decision: 'block', reason_code: 'other' });
    await say(room, 'two');

    expect(await heard(room)).toEqual([]);
    expect(await botOf(room)).toMatchObject({ status: 'stopped', stopped_for: 'other' });
    expect((await admin.call('inspect_bot_code', { hash: code_hash })).runs).toBe(0);
  });

  test('continues to wait while it is quarantined', async () => {
    await using room = await openRoom(server, door, { bot_code: ECHO(`quarantined ${doorName}`) });
    const { code_hash } = await botOf(room);

    await admin.call('decide_bot_code', { hash: code_hash, decision: 'quarantine', reason_code: 'under_review' });
    await say(room, 'one');

    expect(await heard(room)).toEqual([]);
    expect(await botOf(room)).toMatchObject({ status: 'waiting' });
  });

  test('waits after a restart too, and can be allowed then', async () => {
    await using room = await openRoom(server, door, { bot_code: ECHO(`restart ${doorName}`) });
    const { code_hash } = await botOf(room);
    await say(room, 'one');

    await server.crashAndRestart();
    await say(room, 'two');
    expect(await heard(room)).toEqual([]);
    await admin.call('decide_bot_code', { hash: code_hash, decision: 'allow', reason_code: 'reviewed' });
    await eventually(async () => (await heard(room)).length === 5);

    expect(await heard(room)).toEqual(['init', 'join s1', 'join s2', 'one', 'two']);
    expect(await told(room.bob, room.id, 'bot:waiting')).toHaveLength(1);
  });

  test('does not include presets or code that was allowed before', async () => {
    const bot_code = ECHO(`known ${doorName}`);
    await using first = await openRoom(server, door, { bot_code });
    const { code_hash } = await botOf(first);
    await admin.call('decide_bot_code', { hash: code_hash, decision: 'allow', reason_code: 'reviewed' });

    await using second = await openRoom(server, door, { bots: [{ name: 'Renamed', inline_code: bot_code }] });
    await using preset = await openRoom(server, door, { bot_preset: 'GuessBot' });

    expect((await say(second, 'one')).replies).toHaveLength(1);
    expect(await told(second.bob, second.id, 'bot:waiting')).toEqual([]);
    expect(await botOf(preset)).toMatchObject({ status: 'active' });
    expect(await told(preset.bob, preset.id, 'bot:waiting')).toEqual([]);
  });
});

test('A server that starts in review mode stops running bots until their code is allowed, and announces it', async () => {
  const [[, door]] = DOORS as [(typeof DOORS)[number]];
  const env: Record<string, string> = {};
  await using server = await startServer(env);
  await using room = await openRoom(server, door, { bot_code: ECHO('switch') });
  await say(room, 'one');

  await server.stop();
  env.MODERATION = 'review';
  await server.start();
  await say(room, 'two');

  expect(await heard(room)).toEqual(['init', 'join s1', 'join s2', 'one']);
  expect(await told(room.bob, room.id, 'bot:waiting')).toHaveLength(1);
});

describe.each(DOORS)('A quarantine, over %s', (doorName, door) => {
  test('prevents attaching the code, and does not affect running bots', async () => {
    await using server = await startServer();
    await using admin = await openAdmin(server, door);
    const bot_code = ECHO(`q ${doorName}`);
    await using room = await openRoom(server, door, { bot_code });
    const { code_hash } = await botOf(room);

    await admin.call('decide_bot_code', { hash: code_hash, decision: 'quarantine', reason_code: 'under_review' });
    const asked = room.alice.call('create_channel', { name: 'Again', slots: ['bot:b'], bot_code });

    expect(await refusal(asked)).toMatchObject({ code: 'CODE_QUARANTINED', status: 403, code_hash });
    expect((await say(room, 'one')).replies).toMatchObject([{ body: { what: 'one' } }]);
    expect(await told(room.bob, room.id, 'bot:decision')).toMatchObject([{ decision: 'quarantine', code_hash }]);
    expect(await told(room.bob, room.id, 'round:void')).toEqual([]);
  });
});
