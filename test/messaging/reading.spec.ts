import { describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { everythingRead, openRoom, pollsWaiting, refusal, told } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';

/** Keeps what is sealed to it, reveals the newest when asked, and answers everybody else. */
const KEEPER = `export default class Keeper {
  constructor(ctx) { this.ctx = ctx; }
  onPrivateMessage(player, msg) {
    if (msg.kind === 'sealed') this.ctx.setState({ kept: msg.id });
    else this.ctx.post('private', { type: 'whisper', to: player, said: msg.body.text }, { to: player });
  }
  onMessage(msg) {
    if (msg.body.text === 'reveal') this.ctx.reveal(this.ctx.getState().kept);
    else if (msg.body.text === 'seal') this.ctx.post('bot', { type: 'own secret' }, { sealed: true });
    else this.ctx.post('bot', { type: 'echo', said: msg.body.text });
  }
}`;
const SEATS = ['invite:alice', 'invite:bob'];

const server = useServer();

const say = (person: Person, channel_id: string, body: unknown, more: object = {}) =>
  person.call('post_message', { channel_id, body, wait_ms: 0, ...more });
const idsOf = ({ messages }: { messages: { id: number }[] }) => messages.map(({ id }) => id);
const later = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe.each(DOORS)('A message to one seat, over %s', (_, door) => {
  test('can be read by its sender and recipient, and by nobody else with any cursor', async () => {
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b', 'invite:c'] });
    const { id, alice, bob, mallory: carol } = room;
    await carol.call('join_channel', { invite_code: room.invites[2] });
    const { msg_id } = await say(alice, id, 'for bob only', { to: 's1' });
    const { msg_id: next } = await say(alice, id, 'for all');

    expect((await everythingRead(bob, id)).find((message) => message.id === msg_id)).toMatchObject({
      sender: 's0',
      kind: 'private',
      to_slot: 's1',
      body: { text: 'for bob only' },
    });
    expect(idsOf({ messages: await everythingRead(alice, id) })).toContain(msg_id);
    for (const cursor of [null, 0, -1, -9999, 9_999_999, msg_id - 1, msg_id]) {
      const synced = await carol.call('sync_messages', { channel_id: id, cursor, timeout_ms: 0 });
      const got = await carol.call('get_messages', { channel_id: id, since_id: cursor ?? 0 });
      const waited = await carol.call('wait_for_message', { channel_id: id, since_id: cursor ?? 0, timeout_ms: 0 });
      for (const page of [synced, got, waited]) {
        expect(idsOf(page)).not.toContain(msg_id);
        expect(JSON.stringify(page)).not.toContain('for bob only');
        expect(page.cursor).toBe(next);
      }
    }
  });

  test('to the bot is answered in private, and the gap in the ids reveals nothing about it', async () => {
    await using room = await openRoom(server, door, { bot_code: KEEPER });
    const { id, alice, bob } = room;
    const bot_id = 'bot_Keeper_0';
    const before = (await everythingRead(bob, id)).at(-1).id;

    const { replies, ok, delivered_to } = await alice.call('dm_bot', { channel_id: id, bot_id, message: 'psst' });

    expect([ok, delivered_to, replies[0].body.said, replies[0].kind]).toEqual([true, bot_id, 'psst', 'private']);
    expect((await everythingRead(bob, id)).at(-1).id).toBe(before);
    await say(bob, id, 'anything?', { wait_ms: 30_000 });
    const bobs = await everythingRead(bob, id);
    expect(JSON.stringify(bobs)).not.toContain('psst');
    const { runs } = await bob.call('list_runs', { channel_id: id, bot_id });
    expect(runs.map(({ hook }: { hook: string }) => hook)).not.toContain('on_private_message');
    const { view, bots } = await bob.call('who', { channel_id: id });
    expect(JSON.stringify([view, { ...bots[0], manifest: {} }])).not.toContain('private_message');
  });

  test('sealed for the bot can be read only by the bot until the bot reveals it to everyone', async () => {
    await using room = await openRoom(server, door, { bot_code: KEEPER });
    const { id, alice, bob } = room;
    const { msg_id } = await say(alice, id, { bid: 42 }, { to: 'bot_Keeper_0', sealed: true, wait_ms: 30_000 });
    expect(idsOf({ messages: await everythingRead(bob, id) })).not.toContain(msg_id);
    expect((await refusal(say(bob, id, 'x', { sealed: true }))).code).toBe('INVALID_REQUEST');
    expect((await refusal(say(bob, id, 'x', { sealed: true, to: 's1' }))).code).toBe('INVALID_REQUEST');

    await say(bob, id, 'reveal', { wait_ms: 30_000 });

    const [revealed] = await told(bob, id, 'revealed');
    expect(revealed).toMatchObject({ msg_id, opening: { kind: 'sealed', from: 's1', body: { bid: 42 } } });
    const shown = (await everythingRead(bob, id)).find((message) => message.id === msg_id);
    expect(shown).toMatchObject({ kind: 'sealed', sender: 's1', body: { bid: 42 } });
  });

  test('sealed by the bot can be read by nobody', async () => {
    await using room = await openRoom(server, door, { bot_code: KEEPER });

    await say(room.alice, room.id, 'seal', { wait_ms: 30_000 });

    for (const person of room.people) {
      expect(JSON.stringify(await everythingRead(person, room.id))).not.toContain('own secret');
    }
  });

  test.each([
    ['a slot that is not there', { to: 's99' }, 'SLOT_NOT_FOUND'],
    ['a bot that is not there', { to: 'bot_Nobody_7' }, 'BOT_NOT_FOUND'],
    ['a bot slot that is empty', { to: 's0' }, 'BOT_NOT_FOUND'],
  ])('to %s is refused, and nothing is logged', async (_case, more, code) => {
    await using room = await openRoom(server, door);
    const before = await everythingRead(room.alice, room.id);

    expect((await refusal(say(room.alice, room.id, 'x', more))).code).toBe(code);
    const { msg_id } = await say(room.alice, room.id, 'next');
    expect(msg_id).toBe(before.at(-1).id + 1);
  });
});

describe.each(DOORS)('Reading, over %s', (_, door) => {
  test('waits for new messages, and answers before the call that posted them has returned', async () => {
    await using room = await openRoom(server, door, { slots: SEATS });
    const { id, alice, bob } = room;
    const { cursor } = await bob.call('sync_messages', { channel_id: id, timeout_ms: 0 });
    const happened: string[] = [];
    const polls = [
      bob.call('sync_messages', { channel_id: id, cursor, timeout_ms: 45_000 }),
      bob.call('wait_for_message', { channel_id: id, since_id: cursor, timeout_ms: 45_000 }),
      bob.call('sync_messages', { channel_id: id, cursor: 9_999_999, timeout_ms: 45_000 }),
    ].map(async (poll) => {
      const answer = await poll;
      happened.push('answered');
      return answer;
    });
    await pollsWaiting(server, polls.length);
    happened.push('said');

    const { msg_id } = await say(alice, id, 'news');

    const [synced, waited, beyond] = await Promise.all(polls);
    happened.push('all answered');
    expect(happened).toEqual(['said', 'answered', 'answered', 'answered', 'all answered']);
    expect([idsOf(synced), idsOf(waited), idsOf(beyond)]).toEqual([[msg_id], [msg_id], [msg_id]]);
    expect([synced.cursor, waited.cursor, beyond.cursor]).toEqual([msg_id, msg_id, msg_id]);
  });

  test('is not woken by messages that the caller may not read, and does not wait with timeout_ms 0', async () => {
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b', 'invite:c'] });
    const { id, alice, bob, mallory: carol } = room;
    await carol.call('join_channel', { invite_code: room.invites[2] });
    const { cursor } = await carol.call('sync_messages', { channel_id: id, timeout_ms: 0 });
    const poll = carol.call('sync_messages', { channel_id: id, cursor, timeout_ms: 700 });
    await later(100);

    await say(alice, id, 'to bob', { to: 's1' });

    const next = expect.objectContaining({ tool: 'sync_messages' });
    const checkpoint = expect.any(String);
    expect(await poll).toEqual({ messages: [], cursor, has_more: false, view: null, next, checkpoint });
    expect(await carol.call('sync_messages', { channel_id: id, cursor, timeout_ms: 0 })).toMatchObject({
      messages: [],
    });
    expect(await bob.call('sync_messages', { channel_id: id, cursor, timeout_ms: 0 })).toMatchObject({
      messages: [{ kind: 'private' }],
    });
  });

  test('contains the channel in the first call and after a change of it, otherwise not', async () => {
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b', 'invite:c'] });
    const { id, alice, bob, mallory } = room;
    const sync = async (cursor: number | null) => bob.call('sync_messages', { channel_id: id, cursor, timeout_ms: 0 });

    const first = await sync(null);
    await say(alice, id, 'chat');
    const chat = await sync(first.cursor);
    await mallory.call('join_channel', { invite_code: room.invites[2] });
    const joined = await sync(chat.cursor);
    await alice.call('update_channel', { channel_id: id, ops: [{ type: 'rename', name: 'New' }] });
    const renamed = await sync(joined.cursor);
    const idle = await sync(renamed.cursor);

    expect([first, chat, joined, renamed, idle].map(({ view }) => view?.name ?? null)).toEqual([
      'Room',
      null,
      'Room',
      'New',
      null,
    ]);
    expect(joined.view.slots[2].filled_by).toBe('member:s2');
    expect(idle.cursor).toBe(renamed.cursor);
  });

  test('returns pages, limited by number and by size', async () => {
    await using room = await openRoom(server, door, { slots: SEATS });
    const { id, alice, bob } = room;
    const start = (await bob.call('get_messages', { channel_id: id })).cursor;
    const sent = [];
    for (let i = 0; i < 6; i++) sent.push((await say(alice, id, `${i}${'x'.repeat(45_000)}`)).msg_id);

    const byNumber = await bob.call('sync_messages', { channel_id: id, cursor: start, limit: 1, timeout_ms: 0 });
    const bySize = await bob.call('sync_messages', { channel_id: id, cursor: start, timeout_ms: 0 });
    const smaller = await bob.call('get_messages', { channel_id: id, since_id: start });
    const rest = await bob.call('get_messages', { channel_id: id, since_id: bySize.cursor });

    expect([idsOf(byNumber), byNumber.has_more]).toEqual([[sent[0]], true]);
    expect([idsOf(bySize), bySize.has_more]).toEqual([sent.slice(0, 5), true]);
    expect([idsOf(smaller), smaller.has_more]).toEqual([sent.slice(0, 2), true]);
    expect([idsOf(rest), rest.has_more]).toEqual([sent.slice(5), false]);
  });

  test.each([
    ['sync_messages', { timeout_ms: -1 }],
    ['sync_messages', { limit: 501 }],
    ['sync_messages', { cursor: 1.5 }],
    ['get_messages', { limit: 0 }],
    ['wait_for_message', { timeout_ms: -1 }],
  ])('%s refuses %j', async (operation, more) => {
    await using room = await openRoom(server, door, { slots: SEATS });

    const [field] = Object.keys(more);
    const problem = await refusal(room.alice.call(operation, { channel_id: room.id, ...more }));
    expect(problem).toMatchObject({ code: 'INVALID_REQUEST', issues: [{ field }] });
  });
});

describe.each(DOORS)('The answer to a post, over %s', (_, door) => {
  test('contains the replies of the bots, or none if the call does not wait', async () => {
    await using room = await openRoom(server, door, { bot_code: KEEPER });
    const { id, alice } = room;

    const waited = await alice.call('post_message', { channel_id: id, body: 'hello' });
    const hasty = await say(alice, id, 'bye');

    expect(waited.replies.map(({ body }: { body: { said: string } }) => body.said)).toEqual(['hello']);
    expect(hasty.replies).toEqual([]);
    expect(waited.cursor).toBeLessThan(hasty.msg_id);
  });

  test('has a cursor after the own message if nobody else has posted anything', async () => {
    await using room = await openRoom(server, door, { slots: SEATS });
    const { id, alice, bob } = room;

    const first = await say(alice, id, 'first words');
    const bobs = await say(bob, id, 'and mine');

    expect(first.cursor).toBe(first.msg_id);
    expect(bobs.cursor).toBeLessThan(first.msg_id);
  });

  test('has a cursor that never skips messages of others', async () => {
    await using room = await openRoom(server, door, { slots: SEATS });
    const { id, alice, bob } = room;
    const unread = (await say(bob, id, 'before alice ever read')).msg_id;
    const never = await say(alice, id, 'first words');
    const read = await alice.call('sync_messages', { channel_id: id, cursor: never.cursor, timeout_ms: 0 });
    const alone = await say(alice, id, 'nobody between');
    const between = (await say(bob, id, 'between')).msg_id;

    const after = await say(alice, id, 'unaware');

    expect(never.cursor).toBeLessThan(unread);
    expect(idsOf(read)).toContain(unread);
    expect(alone.cursor).toBe(alone.msg_id);
    expect(after.cursor).toBe(alone.cursor);
    const next = await alice.call('sync_messages', { channel_id: id, cursor: after.cursor, timeout_ms: 0 });
    expect(idsOf(next)).toEqual([between, after.msg_id]);
  });

  test('is STALE_READ if there are newer messages, and then nothing is posted', async () => {
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b', 'invite:c'] });
    const { id, alice, bob, mallory: carol } = room;
    await carol.call('join_channel', { invite_code: room.invites[2] });
    const { cursor: if_seq } = await carol.call('sync_messages', { channel_id: id, timeout_ms: 0 });
    await say(alice, id, 'to bob', { to: 's1' });
    const unseen = await say(carol, id, 'what I cannot see does not count', { if_seq });
    const { msg_id: newest } = await say(bob, id, 'news');

    const stale = await refusal(say(carol, id, 'too late', { if_seq: unseen.msg_id }));

    expect(stale).toMatchObject({ code: 'STALE_READ', status: 409, newest, changes_since_read: 1 });
    expect(JSON.stringify(await everythingRead(bob, id))).not.toContain('too late');
  });

  test('names the seat of the sender, whatever the body claims', async () => {
    await using room = await openRoom(server, door, { slots: SEATS });
    const { id, alice, bob } = room;
    const claim = { sender: 's0', from: 'system', kind: 'system', id: 1, to_slot: 's0', type: 'chat' };

    const { msg_id } = await say(bob, id, claim);
    const kinds = ['system', 'bot', 'control', 'private', 'sealed'];
    for (const kind of kinds) await say(bob, id, 'x', { kind });

    const [read, ...labelled] = (await everythingRead(alice, id)).slice(-6);
    expect(read).toMatchObject({ id: msg_id, sender: 's1', kind: 'user', to_slot: null, body: claim });
    const own = { sender: 's1', kind: 'user', to_slot: null };
    expect(labelled).toMatchObject(kinds.map((label) => ({ ...own, body: { text: 'x', label } })));
  });
});

describe.each(DOORS)('Twenty posts at once, over %s', (_, door) => {
  test('get twenty consecutive ids', async () => {
    await using room = await openRoom(server, door, { slots: SEATS });
    const posts = Array.from({ length: 20 }, (_each, i) => say(room.people[i % 2]!, room.id, `${i}`));

    const ids = (await Promise.all(posts)).map(({ msg_id }) => msg_id).sort((a, b) => a - b);

    expect(ids).toEqual(Array.from({ length: 20 }, (_each, i) => ids[0] + i));
  });
});
