import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { findInStream } from '../support/find-in-stream.js';
import { eventually, refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const ECHO = `export default class Echo {
  constructor(ctx) { this.ctx = ctx; }
  onMessage() { this.ctx.post('bot', { type: 'noted' }); }
  onPrivateMessage(player, { body }) { this.ctx.post('private', { type: 'heard', text: body.text }, { to: player }); }
}`;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server[Symbol.asyncDispose]());

/** Bob made the channel; alice holds s1 and s2 in it, under one token, and carol s3. */
async function openTable(door: Door, channel: object = {}) {
  const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((name) => door(server, name)));
  if (!alice || !bob || !carol) throw new Error('nobody came');
  const { channel_id, invites } = await bob.call('create_channel', {
    name: 'Table',
    slots: ['bot:echo', 'invite:one', 'invite:two', 'invite:three'],
    bot_code: ECHO,
    bot_manifest: { name: 'Echo', permissions: { private_messages: true } },
    ...channel,
  });
  const joined = [];
  for (const [i, who] of [alice, alice, carol].entries()) {
    joined.push(await who.call('join_channel', { invite_code: invites[i] }));
  }
  const close = () => Promise.all([alice, bob, carol].map((who) => who.close()));
  return { alice, bob, carol, channel_id, joined, [Symbol.asyncDispose]: async () => void (await close()) };
}

const textsOf = (messages: { body: { text?: string } }[]) => messages.flatMap(({ body }) => body.text ?? []);

describe.each(DOORS)('Two seats of one account, over %s', (_, door) => {
  test('can be distinguished: the answer of join_channel says which seat to pass, and the log says which seats have the same account', async () => {
    await using table = await openTable(door);
    const { carol, channel_id, joined } = table;

    const { messages } = await carol.call('sync_messages', { channel_id, timeout_ms: 0 });

    expect(joined.map(({ pass_seat }) => pass_seat)).toEqual(['s1', 's2', 's3']);
    expect(joined[1].seat_hint).toContain('pass seat: "s2"');
    // biome-ignore lint/suspicious/noExplicitAny: messages of any kind
    const joins = messages.map(({ body }: any) => body).filter(({ type }: any) => type === 'member_joined');
    expect(joins.map((body: Record<string, unknown>) => [body.slot_id, body.same_account_as])).toEqual([
      ['s1', undefined],
      ['s2', 's1'],
      ['s3', undefined],
    ]);
  });

  test('have separate views: a private message to one cannot be read from the other', async () => {
    await using table = await openTable(door);
    const { alice, carol, channel_id } = table;
    const bot = { channel_id, bot_id: 'bot_Echo_0' };
    const { msg_id } = await carol.call('post_message', { channel_id, to: 's1', body: 'for s1 alone', wait_ms: 0 });
    await alice.call('dm_bot', { ...bot, message: 'whispered from s1', seat: 's1' });

    const views = async (seat: string) => ({
      get: textsOf((await alice.call('get_messages', { channel_id, seat })).messages),
      sync: textsOf((await alice.call('sync_messages', { channel_id, seat, timeout_ms: 0 })).messages),
      wait: textsOf((await alice.call('wait_for_message', { channel_id, seat, timeout_ms: 0 })).messages),
      runs: (await alice.call('list_runs', { ...bot, seat })).runs.length,
      text: await alice.call('read_text', { channel_id, msg_id, seat }).then(
        ({ body }) => body.text,
        ({ code }) => code,
      ),
      fetched: textsOf(
        JSON.parse((await alice.call('fetch', { id: `channel:${channel_id}?seat=${seat}` })).text).untrusted.messages,
      ),
    });
    const [first, second] = [await views('s1'), await views('s2')];

    const heard = ['for s1 alone', 'whispered from s1', 'whispered from s1'];
    expect(first).toEqual({ get: heard, sync: heard, wait: heard, runs: first.runs, text: heard[0], fetched: heard });
    expect(second).toEqual({
      get: [],
      sync: [],
      wait: [],
      runs: first.runs - 1,
      text: 'MESSAGE_NOT_FOUND',
      fetched: [],
    });
  });

  test('are never chosen by the server: a call without a seat is refused with the list of seats, and changes nothing', async () => {
    await using table = await openTable(door);
    const { alice, carol, channel_id } = table;
    const bot_id = 'bot_Echo_0';
    const before = (await carol.call('get_messages', { channel_id })).cursor;

    const problems = await Promise.all(
      (
        [
          ['post_message', { body: 'x' }],
          ['make_game_move', { game: 'g', action: 'a' }],
          ['dm_bot', { bot_id, message: 'x' }],
          ['sync_messages', { timeout_ms: 0 }],
          ['get_messages', {}],
          ['wait_for_message', { timeout_ms: 0 }],
          ['read_text', { msg_id: 1 }],
          ['list_runs', { bot_id }],
          ['get_run', { bot_id, run: 1 }],
          ['debug_bot', { bot_id, action: 'inspect_state' }],
          ['join_channel', {}],
          ['leave_channel', {}],
        ] as const
      ).map(([operation, input]) => refusal(alice.call(operation, { channel_id, ...input }))),
    );

    for (const problem of problems) {
      expect(problem).toMatchObject({ code: 'SEAT_AMBIGUOUS', seats: ['s1', 's2'] });
      expect(problem.detail).toBe('pass seat: "s1" or seat: "s2"');
    }
    const fetching = await refusal(alice.call('fetch', { id: `channel:${channel_id}` }));
    expect(fetching).toMatchObject({ code: 'SEAT_AMBIGUOUS', seats: ['s1', 's2'] });
    expect(fetching.detail).toBe(`fetch channel:${channel_id}?seat=s1 or channel:${channel_id}?seat=s2`);
    expect((await carol.call('get_messages', { channel_id })).cursor).toBe(before);
  });

  test('exclude seats of others: naming such a seat is refused, and the error says nothing about its holder', async () => {
    await using table = await openTable(door);
    const { alice, bob, carol, channel_id } = table;

    const foreign = await refusal(alice.call('post_message', { channel_id, seat: 's3', body: 'x' }));
    const nowhere = await refusal(alice.call('post_message', { channel_id, seat: 's9', body: 'x' }));
    const unseated = await refusal(bob.call('sync_messages', { channel_id, seat: 's1', timeout_ms: 0 }));
    const taken = await refusal(carol.call('join_channel', { channel_id, seat: 's1' }));

    for (const { request_id: _id, ...problem } of [foreign, nowhere, unseated, taken]) {
      expect(problem).toEqual({
        type: '/docs#NOT_MEMBER',
        title: 'You have no seat in this channel',
        status: 403,
        code: 'NOT_MEMBER',
        fix: expect.any(String),
      });
    }
  });

  test('are named in every answer to their holder, and in no answer to others', async () => {
    await using table = await openTable(door);
    const { alice, carol, channel_id } = table;
    const bot_id = 'bot_Echo_0';
    const answers = async (who: Person, seat?: string) => [
      await who.call('post_message', { channel_id, seat, body: 'hello' }),
      await who.call('make_game_move', { channel_id, seat, game: 'g', action: 'a', wait_ms: 0 }),
      await who.call('dm_bot', { channel_id, seat, bot_id, message: 'x', wait_ms: 0 }),
      await who.call('sync_messages', { channel_id, seat, timeout_ms: 0 }),
      await who.call('get_messages', { channel_id, seat }),
      await who.call('wait_for_message', { channel_id, seat, timeout_ms: 0 }),
      await who.call('read_text', { channel_id, seat, msg_id: 1 }),
      await who.call('who', { channel_id, seat }),
      await who.call('list_runs', { channel_id, seat, bot_id }),
      await who.call('get_run', { channel_id, seat, bot_id, run: 1 }),
      await who.call('get_bot_code', { channel_id, seat, bot_id }),
      await who.call('report_bot', { channel_id, seat, bot_id, reason: 'other', text: 'x' }),
    ];

    const own = await answers(alice, 's2');
    const others = await answers(carol);

    for (const answer of own) {
      expect(answer.pass_seat).toBe('s2');
      expect(answer.seat_hint).toContain('pass seat: "s2" in every call to this channel');
    }
    for (const answer of others) {
      expect(answer).not.toHaveProperty('pass_seat');
      expect(answer).not.toHaveProperty('seat_hint');
    }
    const { seat_hint, pass_seat } = await alice.call('who', { channel_id });
    expect([seat_hint, pass_seat]).toEqual([expect.stringContaining('seat: "s1" or seat: "s2"'), undefined]);
    const { seats } = await alice.call('start_here');
    // biome-ignore lint/suspicious/noExplicitAny: a step of any kind
    expect(seats.map((each: any) => [each.slot_id, each.pass_seat, each.next.arguments.seat]).sort()).toEqual([
      ['s1', 's1', 's1'],
      ['s2', 's2', 's2'],
    ]);
  });

  test('are left one at a time, and the last one needs no name', async () => {
    await using table = await openTable(door);
    const { alice, channel_id } = table;

    const left = await alice.call('leave_channel', { channel_id, seat: 's1' });
    await alice.call('post_message', { channel_id, body: 'from the last', wait_ms: 0 });
    const { messages, pass_seat } = await alice.call('get_messages', { channel_id });

    expect(left).toEqual({ ok: true, channel_id, slot_id: 's1' });
    const said = messages.filter(({ kind }: { kind: string }) => kind === 'user');
    expect(said.at(-1)).toMatchObject({ sender: 's2', body: { text: 'from the last' } });
    expect(pass_seat).toBeUndefined();
  });

  test('do not disturb a wait that began in one of them when the other is taken in the meantime', async () => {
    await using alice = await door(server, 'alice');
    const { channel_id, invites } = await alice.call('create_channel', { name: 'x', slots: ['invite:a', 'invite:b'] });
    await alice.call('join_channel', { invite_code: invites[0] });
    const { cursor } = await alice.call('sync_messages', { channel_id });
    const waiting = alice.call('sync_messages', { channel_id, cursor, timeout_ms: 50_000 });

    await alice.call('join_channel', { invite_code: invites[1] });

    const { messages, pass_seat } = await waiting;
    expect(messages).toMatchObject([{ body: { type: 'member_joined', slot_id: 's1', same_account_as: 's0' } }]);
    expect(pass_seat).toBe('s0');
  });

  test('do not affect the creator of the channel, who can administer it without naming a seat', async () => {
    await using alice = await door(server, 'alice');
    const slots = ['bot:b', 'invite:a', 'invite:b'];
    const { channel_id, invites } = await alice.call('create_channel', { name: 'x', slots });
    for (const invite_code of invites) await alice.call('join_channel', { invite_code });

    const renamed = await alice.call('update_channel', { channel_id, ops: [{ type: 'rename', name: 'y' }] });

    expect(renamed).toMatchObject({ ok: true, view: { name: 'y' }, seat_hint: expect.stringContaining('seat: "s1"') });
    expect(
      (await refusal(alice.call('update_channel', { channel_id, seat: 's9', ops: [{ type: 'close' }] }))).code,
    ).toBe('NOT_MEMBER');
  });

  test('can be taken in a public channel by the id of a slot; without one, the account gets back the seat that it has', async () => {
    await using table = await openTable(door, {
      visibility: 'public',
      slots: ['bot:b', 'invite:a', 'invite:b', 'invite:c', 'invite:d'],
    });
    const { carol, channel_id } = table;

    const same = await carol.call('join_channel', { channel_id });
    const filled = await refusal(carol.call('join_channel', { channel_id, seat: 's1' }));
    const second = await carol.call('join_channel', { channel_id, seat: 's4' });

    expect([same.slot_id, second.slot_id, second.pass_seat]).toEqual(['s3', 's4', 's4']);
    expect(filled.code).toBe('SLOT_ALREADY_FILLED');
    expect((await refusal(carol.call('join_channel', { channel_id, seat: 's0' }))).code).toBe('SLOT_NOT_FOUND');
    expect((await carol.call('join_channel', { channel_id, seat: 's3' })).slot_id).toBe('s3');
  });

  test('are announced in the same way if the second one is taken with a rejoin token from another account', async () => {
    await using table = await openTable(door);
    const { bob, carol, channel_id, joined } = table;

    await carol.call('join_channel', { invite_code: joined[0].rejoin_token });

    const { messages } = await bob.call('get_messages', { channel_id });
    expect(messages.at(-1).body).toEqual({
      type: 'member_rejoined',
      slot_id: 's1',
      used_by: 'another_account',
      same_account_as: 's3',
    });
  });
});

test('An event stream shows the view of one seat, and continues when a second seat is taken', async () => {
  const door = (DOORS[0] as [string, Door])[1];
  await using table = await openTable(door);
  const { alice, bob, carol, channel_id } = table;
  const open = (query: string, token = alice.token) =>
    fetch(`${server.url}/channels/${channel_id}/events${query}`, { headers: { authorization: `Bearer ${token}` } });

  const unnamed = await open('');
  const foreign = await open('?seat=s3');
  const [first, second, carols] = await Promise.all([open('?seat=s1'), open('?seat=s2'), open('', carol.token)]);
  const { invites } = await bob.call('update_channel', {
    channel_id,
    ops: ['kick', 'new_invite'].map((type) => ({ type, slot_id: 's2' })),
  });
  await carol.call('join_channel', { invite_code: invites[0].invite_code });
  await carol.call('post_message', { channel_id, to: 's1', seat: 's3', body: 'for s1 alone', wait_ms: 0 });
  await alice.call('post_message', { channel_id, body: 'for everyone', wait_ms: 0 });

  expect(unnamed.status).toBe(400);
  expect(await unnamed.json()).toMatchObject({ code: 'SEAT_AMBIGUOUS', seats: ['s1', 's2'] });
  expect(foreign.status).toBe(403);
  expect(await readUntil(first, 'for everyone')).toContain('for s1 alone');
  expect(await readUntil(carols, 'for everyone')).toContain('for s1 alone');
  expect(await readToEnd(second)).not.toContain('for s1 alone');
});

const readUntil = (response: Response, said: string) =>
  findInStream(response, (text) => (text.includes(said) ? text : undefined));

/** Of a stream whose seat was lost. */
const readToEnd = async (response: Response) => eventually(() => response.text());
