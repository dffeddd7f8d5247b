import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answerOf, post, request } from '../mcp/json-rpc.js';
import { DOORS } from '../support/doors.js';
import { openGame, readAll, say, typesOf } from '../support/game.js';
import { canonical, sha256 } from '../support/longhand.js';
import { bearer, signIn } from '../support/oauth.js';
import { openRoom } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const ECHO = `export default class Echo {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { this.ctx.post('bot', { type: 'echo', text: body.text }); }
}`;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe.each(DOORS)('Opening a channel, over %s', (_, door) => {
  test('returns its id, a code for each invite slot, and the slots as requested', async () => {
    await using alice = await door(server, 'alice');

    const created = await alice.call('create_channel', {
      name: 'Game night',
      slots: ['invite:alice', 'bot:guess-referee', 'invite:bob', 'observe:carol'],
      bot_preset: 'GuessBot',
    });

    expect(Object.keys(created).sort()).toEqual(['channel_id', 'invites', 'next', 'observer_invites', 'view']);
    expect(created.channel_id).toMatch(/^chn_[\w-]{11}$/);
    expect(created.invites).toEqual([expect.stringMatching(/^inv_[\w-]{22}$/), expect.stringMatching(/^inv_/)]);
    expect(created.observer_invites).toEqual([expect.stringMatching(/^inv_[\w-]{22}$/)]);
    expect(created.view).toMatchObject({ channel_id: created.channel_id, name: 'Game night', visibility: 'private' });
    expect(created.view.slots.map(placeOf)).toEqual([
      ['s0', 'invite', 'alice', 'player', null, false],
      ['s1', 'bot', 'guess-referee', 'referee', 'bot:GuessBot', true],
      ['s2', 'invite', 'bob', 'player', null, false],
      ['s3', 'observe', 'carol', 'observer', null, false],
    ]);
  });

  test('announces the bot first, and then the bot can post', async () => {
    await using alice = await door(server, 'alice');
    const { channel_id } = await alice.call('create_channel', {
      name: 'Game night',
      slots: ['invite:alice', 'bot:guess-referee', 'invite:bob'],
      bot_preset: 'GuessBot',
    });

    const messages = await readAll(alice, channel_id);

    expect(messages.map(({ sender, kind, body }) => [sender, kind, body.type])).toEqual([
      ['system', 'system', 'channel_created'],
      ['system', 'system', 'bots_announced'],
      ['system', 'system', 'bot:attach'],
      ['system', 'system', 'bot:manifest'],
      ['bot:bot_GuessBot_0', 'bot', 'prompt'],
      ['bot:bot_GuessBot_0', 'control', 'bot:commit'],
      ['bot:bot_GuessBot_0', 'control', 'bot:state'],
    ]);
    const [, announced, attached, manifest, , commit, state] = messages.map(({ body }) => body);
    expect(announced.bots).toEqual([
      { slot_id: 's1', name: 'GuessBot', version: attached.version, summary: expect.any(String) },
    ]);
    expect(attached).toMatchObject({ bot_id: 'bot_GuessBot_0', slot_id: 's1', name: 'GuessBot', round: 1 });
    for (const name of ['code_hash', 'manifest_hash', 'bundle_hash', 'seed_commit']) {
      expect(attached[name]).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
    expect(manifest.manifest_excerpt).toMatchObject({
      name: 'GuessBot',
      hooks: expect.arrayContaining(['on_message']),
    });
    expect(commit).toMatchObject({ commitment_hash: commit.commit, scheme: 'sha256(value|nonce)' });
    expect(state.public_state.players).toEqual([]);
  });

  test('puts every bot into the slot that it names, and the others into the remaining slots, in order', async () => {
    await using alice = await door(server, 'alice');

    const { channel_id, view } = await alice.call('create_channel', {
      name: 'Three bots',
      slots: ['invite:alice', 'bot:first', 'invite:bob', 'bot:second', 'bot:third'],
      bots: [
        { name: 'EchoA', inline_code: ECHO },
        { name: 'EchoB', inline_code: ECHO, slot: 'bot:third' },
        { name: 'GuessBot', version: '1.0', code_ref: 'builtin://GuessBot' },
      ],
    });
    const messages = await readAll(alice, channel_id);

    const filled = view.slots.map(({ filled_by }: { filled_by: string }) => filled_by);
    expect(filled).toEqual([null, 'bot:EchoA', null, 'bot:GuessBot', 'bot:EchoB']);
    const pairs = [
      ['s1', 'EchoA'],
      ['s3', 'GuessBot'],
      ['s4', 'EchoB'],
    ];
    const [announced] = messages.filter(({ body }) => body.type === 'bots_announced');
    const attached = messages.filter(({ body }) => body.type === 'bot:attach');
    expect(announced?.body.bots.map(({ slot_id, name }: Record<string, string>) => [slot_id, name])).toEqual(pairs);
    expect(attached.map(({ body }) => [body.slot_id, body.name])).toEqual(pairs);
  });

  test('creates nothing if a bot cannot be attached', async () => {
    await using alice = await door(server, 'alice');
    const channel = { name: 'None', slots: ['bot:x', 'invite:alice'] };

    await expect(alice.call('create_channel', { ...channel, bot_preset: 'BlackjackRobot' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    await expect(alice.call('create_channel', { ...channel, bot_code: 'let me in' })).rejects.toMatchObject({
      code: 'BOT_INVALID',
    });
    await expect(alice.call('create_channel', { ...channel, slots: ['robot:z'] })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });

    expect(await alice.call('list_channels')).toEqual({ channels: [], total_channels: 0 });
  });
});

describe.each(DOORS)('Joining with an invite, over %s', (_, door) => {
  test('gives the seat of the invite, once', async () => {
    await using alice = await door(server, 'alice');
    await using bob = await door(server, 'bob');
    await using mallory = await door(server, 'mallory');
    const { channel_id, invites } = await alice.call('create_channel', {
      name: 'Two seats',
      slots: ['bot:referee', 'invite:alice', 'invite:bob'],
      bot_preset: 'GuessBot',
    });

    const second = await bob.call('join_channel', { invite_code: invites[1] });
    const first = await alice.call('join_channel', { invite_code: invites[0] });

    expect([first.slot_id, second.slot_id]).toEqual(['s1', 's2']);
    expect([first.channel_id, second.channel_id]).toEqual([channel_id, channel_id]);
    expect(first.rejoin_token).toMatch(/^rejoin_[\w-]{22}$/);
    expect(first.rejoin_token).not.toBe(second.rejoin_token);
    expect(first.bots).toMatchObject([{ bot_id: 'bot_GuessBot_0', slot_id: 's0', name: 'GuessBot' }]);
    expect(first.view.slots.map(placeOf).slice(1)).toEqual([
      ['s1', 'invite', 'alice', 'player', 'member:s1', false],
      ['s2', 'invite', 'bob', 'player', 'member:s2', false],
    ]);
    for (const person of [alice, bob, mallory]) {
      const again = person.call('join_channel', { invite_code: invites[0] });
      await expect(again).rejects.toMatchObject({ code: 'INVITE_INVALID' });
    }
    const joined = (await readAll(alice, channel_id)).filter(({ body }) => body.type === 'member_joined');
    expect(joined.map(({ body }) => body.slot_id)).toEqual(['s2', 's1']);
  });
});

describe.each(DOORS)('Members of a channel, over %s', (_, door) => {
  test('can read the announced code, also that of a preset', async () => {
    await using game = await openGame(server, door);
    const { alice, bob, channelId, botId } = game;

    const [code, same] = await Promise.all(
      [alice, bob].map((person) => person.call('get_bot_code', { channel_id: channelId, bot_id: botId })),
    );
    const attached = (await readAll(bob, channelId)).find(({ body }) => body.type === 'bot:attach')?.body;

    expect(same).toEqual(code);
    expect(code.inline_code).toContain('class GuessBot');
    expect(code.code_ref).toBe('builtin://GuessBot');
    expect(code.code_hash).toBe(`sha256:${sha256(code.inline_code)}`);
    expect(code.manifest_hash).toBe(`sha256:${sha256(canonical(code.manifest))}`);
    expect(attached).toMatchObject({
      code_hash: code.code_hash,
      manifest_hash: code.manifest_hash,
      bundle_hash: code.bundle_hash,
      params: code.params,
    });
  });

  test('read the same messages, and the same again after a restart', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] });
    const { alice, bob, channelId } = game;
    await say(alice, channelId, 'guess 50');
    const sync = { channel_id: channelId, cursor: null };

    const [hers, his] = await Promise.all([alice.call('sync_messages', sync), bob.call('sync_messages', sync)]);
    const twice = await bob.call('sync_messages', sync);
    await server.crashAndRestart();
    const later = await bob.call('sync_messages', sync);

    expect(hers.messages.length).toBeGreaterThan(10);
    expect(JSON.stringify(his)).toBe(JSON.stringify(hers));
    expect(JSON.stringify(twice)).toBe(JSON.stringify(hers));
    expect(JSON.stringify(later)).toBe(JSON.stringify(hers));
  });

  test('cannot post as another member, as a bot or as the system', async () => {
    await using game = await openGame(server, door);
    const { alice, bob, channelId, botId } = game;
    for (const kind of ['system', 'control', 'bot', 'private', 'sealed', 'receipt', 'timer']) {
      await alice.call('post_message', { channel_id: channelId, body: 'x', kind });
      const said = (await readAll(bob, channelId)).findLast(({ sender }) => sender === 's1');
      expect(said).toMatchObject({ kind: 'user', sender: 's1', to_slot: null, body: { text: 'x', label: kind } });
    }
    const before = await readAll(bob, channelId);

    for (const type of [
      'bot:attach',
      'bot:error',
      'bots_announced',
      'member_joined',
      'round:reveal',
      'rename_applied',
    ]) {
      for (const body of [{ type, bot_id: botId }, JSON.stringify({ type, bot_id: botId })]) {
        const posted = alice.call('post_message', { channel_id: channelId, body });
        await expect(posted).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
        const whispered = alice.call('dm_bot', { channel_id: channelId, bot_id: botId, message: body });
        await expect(whispered).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
      }
    }
    const elsewhere = alice.call('post_message', { channel_id: channelId, body: 'x', seat: 's2' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'NOT_MEMBER' });

    expect(await readAll(bob, channelId)).toEqual(before);
  });

  test('are named by the server, whatever a body claims', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] });
    const { alice, bob, channelId } = game;
    const forged = {
      type: 'move',
      game: 'guess',
      action: 'guess',
      value: 50,
      sender: 's2',
      kind: 'control',
      id: 1,
      ts: '2000-01-01T00:00:00.000Z',
      player: 's2',
    };

    const replies = await say(alice, channelId, forged);

    const stored = (await readAll(bob, channelId)).find(({ body }) => body.sender === 's2');
    expect(stored).toMatchObject({ sender: 's1', kind: 'user', body: forged });
    expect(stored?.ts).not.toBe(forged.ts);
    expect(replies[0]).toMatchObject({ body: { type: 'judge', player: 's1' } });
  });
});

describe.each(DOORS)('A caller who is not a member, over %s', (_, door) => {
  test('can find, read and change nothing, and cannot tell a private channel from one that does not exist', async () => {
    await using game = await openGame(server, door);
    const { alice, channelId: channel_id, botId: bot_id } = game;
    await using eve = await door(server, 'eve');
    const before = await readAll(alice, channel_id);
    const attempts: [operation: string, input: object][] = [
      ['who', {}],
      ['sync_messages', { timeout_ms: 0 }],
      ['get_messages', {}],
      ['wait_for_message', { since_id: 1_000, timeout_ms: 1_000 }],
      ['get_bot_code', { bot_id }],
      ['list_runs', { bot_id }],
      ['post_message', { body: 'guess 50' }],
      ['post_message', { body: 'guess 50', seat: 's1' }],
      ['make_game_move', { game: 'guess', action: 'guess', value: 50 }],
      ['dm_bot', { bot_id, message: '!status' }],
      ['update_channel', { ops: [{ type: 'rename', name: 'mine' }] }],
      ['attach_bot', { bot_preset: 'GuessBot' }],
      ['join_channel', {}],
      ['leave_channel', {}],
    ];

    for (const [operation, input] of attempts) {
      const problems = await Promise.all(
        [channel_id, 'chn_AAAAAAAAAAA'].map((id) =>
          eve.call(operation, { ...input, channel_id: id }).then(
            () => 'let in',
            ({ problem: { request_id, ...problem } }) => problem,
          ),
        ),
      );
      expect([operation, problems[0].code]).toEqual([operation, 'NOT_MEMBER']);
      expect(problems[1]).toEqual(problems[0]);
    }

    expect(await eve.call('list_channels')).toEqual({ channels: [], total_channels: 0 });
    const stream = await fetch(`${server.url}/channels/${channel_id}/events`, {
      headers: { authorization: `Bearer ${eve.token}` },
    });
    expect([stream.status, ((await stream.json()) as { code: string }).code]).toEqual([403, 'NOT_MEMBER']);
    expect(await readAll(alice, channel_id)).toEqual(before);
  });
});

test('An MCP session id gives no access together with another token', async () => {
  const [alice, eve] = (await Promise.all(['alice', 'eve'].map((name) => signIn(server.url, name)))).map(bearer);
  const mcp = `${server.url}/mcp`;
  const { headers } = await post(mcp, request('initialize'), alice);
  const session = { 'mcp-session-id': headers.get('mcp-session-id') as string };
  const create = { name: 'create_channel', arguments: { name: 'Hers', slots: ['invite:alice'] } };
  const made = await post(mcp, request('tools/call', create), { ...alice, ...session });
  const { channel_id, invites } = made.message.result.structuredContent;
  const join = { name: 'join_channel', arguments: { invite_code: invites[0] } };
  await post(mcp, request('tools/call', join), { ...alice, ...session });
  const attempts = [
    ['sync_messages', { channel_id, timeout_ms: 0 }],
    ['post_message', { channel_id, body: 'it is me' }],
    ['list_channels', {}],
  ];

  const answers = await Promise.all(
    attempts.map(([name, input]) =>
      post(mcp, request('tools/call', { name, arguments: input }), { ...eve, ...session }),
    ),
  );
  const stream = await fetch(mcp, { headers: { ...eve, ...session } }).then(answerOf);

  expect([...answers, stream].map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect(answers.map(({ message }) => message.result)).toEqual([undefined, undefined, undefined]);
  const sync = { name: 'sync_messages', arguments: { channel_id, timeout_ms: 0 } };
  const seen = await post(mcp, request('tools/call', sync), { ...alice, ...session });
  expect(typesOf(seen.message.result.structuredContent.messages)).toEqual(['channel_created', 'member_joined']);
});

describe.each(DOORS)('A contest of two parties, over %s', (_, door) => {
  const slots = ['bot:referee', 'invite:one', 'invite:two'];
  const GAME = { name: 'For two', slots, bot_preset: 'GuessBot', distinct_members: true };

  test('refuses a second seat to one account, and the invite stays valid', async () => {
    await using alice = await door(server, 'alice');
    await using bob = await door(server, 'bob');
    const { channel_id, invites } = await alice.call('create_channel', GAME);
    await alice.call('join_channel', { invite_code: invites[0] });

    const both = alice.call('join_channel', { invite_code: invites[1] });
    await expect(both).rejects.toMatchObject({ code: 'DISTINCT_MEMBERS_REQUIRED' });

    expect(typesOf(await readAll(alice, channel_id))).not.toContain('game_start');
    expect((await bob.call('join_channel', { invite_code: invites[1] })).slot_id).toBe('s2');
  });

  test('refuses a second seat through a rejoin token too, and the token stays valid for its owner', async () => {
    await using game = await openRoom(server, door, GAME);
    const { alice, bob, id: channelId, rejoinTokens } = game;
    const rejoin = { bob: rejoinTokens[1] };
    const before = await readAll(bob, channelId);

    const both = alice.call('join_channel', { invite_code: rejoin.bob });
    await expect(both).rejects.toMatchObject({ code: 'DISTINCT_MEMBERS_REQUIRED' });

    expect(await readAll(bob, channelId)).toEqual(before);
    expect((await bob.call('join_channel', { invite_code: rejoin.bob })).slot_id).toBe('s2');
  });

  test('gives a member who joins by the id of a public channel the seat that they already have', async () => {
    await using alice = await door(server, 'alice');
    const { channel_id } = await alice.call('create_channel', { ...GAME, visibility: 'public' });

    const seats = [await alice.call('join_channel', { channel_id }), await alice.call('join_channel', { channel_id })];

    expect(seats.map(({ slot_id }) => slot_id)).toEqual(['s1', 's1']);
    const { view } = await alice.call('who', { channel_id });
    expect(view.slots.map(({ occupied }: { occupied: boolean }) => occupied)).toEqual([true, true, false]);
  });
});

const placeOf = ({ slot_id, kind, label, role, filled_by, admin }: Record<string, unknown>) => [
  slot_id,
  kind,
  label,
  role,
  filled_by,
  admin,
];
