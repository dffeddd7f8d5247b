import { describe, expect, test } from '@jest/globals';
import type { Message } from '../support/game.js';
import { SeedClient } from '../support/seed-client.js';
import { useServer } from '../support/use-server.js';

const GUESSING = {
  name: 'Guessing Game',
  slots: ['bot:guess-referee', 'invite:player1', 'invite:player2'],
  bots: [
    {
      name: 'GuessBot',
      version: '1.0',
      code_ref: 'builtin://GuessBot',
      manifest: {
        summary: 'A number guessing game referee',
        hooks: ['on_init', 'on_join', 'on_message'],
        emits: ['prompt', 'state', 'turn', 'judge'],
        // So many numbers that no guess is right by luck.
        params: { mode: 'number', range: [1, 1_000_000_000] },
      },
    },
  ],
};

const ECHO = `class EchoBot {
  constructor(ctx, params) { this.ctx = ctx; }
  on_init() { this.ctx.post('bot', { text: 'Echo bot is ready!' }); this.ctx.set_state({ count: 0 }); }
  on_message(msg) {
    const { count } = this.ctx.get_state();
    this.ctx.set_state({ count: count + 1 });
    this.ctx.post('bot', { text: 'Echo: ' + msg.body.text, count: count + 1 });
  }
}`;

const server = useServer();

describe('The client scripts of the first server', () => {
  test('can play a guessing game: the first to join moves first, and the judgement is in the next sync', async () => {
    const [alice, bob] = await twoClients();

    const { channel_id, invites, bot_errors } = await alice.callTool('create_channel', GUESSING);
    const seat = await alice.callTool('join_channel', { invite_code: invites[0] });
    await bob.callTool('join_channel', { invite_code: invites[1] });
    const opened = await alice.callTool('sync_messages', { channel_id, cursor: null, timeout_ms: 20_000 });
    const guess = await alice.callTool('post_message', { channel_id, body: 'guess 50' });
    const hers = await alice.callTool('sync_messages', { channel_id, cursor: opened.cursor, timeout_ms: 20_000 });
    await bob.callTool('post_message', { channel_id, body: 'guess 25', kind: 'user' });
    const his = await bob.callTool('sync_messages', { channel_id, cursor: hers.cursor, timeout_ms: 20_000 });

    expect([invites.length, bot_errors, seat.slot_id]).toEqual([2, undefined, 's1']);
    expect(seat.bots).toMatchObject([{ bot_id: 'bot_GuessBot_0', name: 'GuessBot' }]);
    const turn = opened.messages.find(({ body }: Message) => body.type === 'bot:turn');
    expect(turn.body.player).toBe(seat.slot_id);
    expect(guess).toMatchObject({ msg_id: expect.any(Number), ts: expect.any(String) });
    expect(spoken(hers)).toEqual([
      ['s1', 'user', undefined],
      ['bot:bot_GuessBot_0', 'bot', 'judge'],
      expect.arrayContaining(['control']),
    ]);
    expect(spoken(his).slice(0, 2)).toEqual([
      ['s2', 'user', undefined],
      ['bot:bot_GuessBot_0', 'bot', 'judge'],
    ]);
  });

  test('can attach their own bot, which echoes their messages', async () => {
    const alice = await SeedClient.connect(server.url, 'Inline Bot Test');

    const { channel_id, invites } = await alice.callTool('create_channel', {
      name: 'Echo Test',
      slots: ['bot:echo', 'invite:player'],
      bot_code: ECHO,
    });
    await alice.callTool('join_channel', { invite_code: invites[0] });
    const opened = await alice.callTool('sync_messages', { channel_id, cursor: 0 });
    for (const body of ['Hello, bot!', 'Again']) await alice.callTool('post_message', { channel_id, body });
    const synced = await alice.callTool('sync_messages', { channel_id, cursor: opened.cursor });

    expect(opened.messages.filter(({ kind }: Message) => kind === 'bot')).toMatchObject([
      { body: { text: 'Echo bot is ready!' } },
    ]);
    expect(synced.messages.map(({ body }: Message) => [body.text, body.count])).toEqual([
      ['Hello, bot!', undefined],
      ['Echo: Hello, bot!', 1],
      ['Again', undefined],
      ['Echo: Again', 2],
    ]);
  });

  test('can do all of this in one session', async () => {
    const alice = await SeedClient.connect(server.url, 'Session Test');

    const { tools } = await alice.listTools();
    const { channel_id, invites, view } = await alice.callTool('create_channel', {
      name: 'Session Test',
      slots: ['invite:player1', 'invite:player2'],
    });
    const seat = await alice.callTool('join_channel', { invite_code: invites[0] });
    const posted = await alice.callTool('post_message', { channel_id, body: 'Hello from the session test' });
    const { messages, cursor } = await alice.callTool('sync_messages', { channel_id });
    const started = Date.now();
    const idle = await alice.callTool('sync_messages', { channel_id, cursor, timeout_ms: 300 });

    const names = tools.map(({ name }) => name);
    const wanted = ['create_channel', 'join_channel', 'post_message', 'sync_messages', 'get_bot_code', 'list_channels'];
    expect(names).toEqual(expect.arrayContaining([...wanted, 'make_game_move', 'dm_bot']));
    expect(await alice.callTool('health_check')).toMatchObject({ status: 'healthy' });
    expect(view.slots.map(({ label }: { label: string }) => label)).toEqual(['player1', 'player2']);
    expect(seat).toMatchObject({ channel_id, slot_id: 's0', rejoin_token: expect.stringMatching(/^rejoin_/) });
    expect(messages.at(-1)).toMatchObject({ id: posted.msg_id, sender: 's0', kind: 'user', ts: posted.ts });
    expect(messages.at(-1).body).toEqual({ text: 'Hello from the session test' });
    expect(idle).toMatchObject({ messages: [], cursor });
    expect(Date.now() - started).toBeGreaterThanOrEqual(290);
  });

  test('can list channels with the fields they print, and only their own', async () => {
    const [alice, bob] = await twoClients();
    const { channel_id } = await alice.callTool('create_channel', GUESSING);

    const list = await alice.callTool('list_channels');

    expect(list.total_channels).toBe(1);
    expect(list.channels).toMatchObject([
      { channel_id, name: 'Guessing Game', message_count: expect.any(Number), bots: ['bot_GuessBot_0'] },
    ]);
    expect(
      list.channels[0].slots.map(({ slot_type, label, occupied, filled_by }: Record<string, unknown>) => [
        slot_type,
        label,
        occupied,
        filled_by,
      ]),
    ).toEqual([
      ['bot', 'guess-referee', true, 'bot:GuessBot'],
      ['invite', 'player1', false, null],
      ['invite', 'player2', false, null],
    ]);
    expect(await bob.callTool('list_channels')).toEqual({ channels: [], total_channels: 0 });
  });

  test('get error codes', async () => {
    const alice = await SeedClient.connect(server.url, 'Alice');

    const refused = alice.callTool('join_channel', { invite_code: 'inv_AAAAAAAAAAAAAAAAAAAAAA' });

    await expect(refused).rejects.toThrow(
      'INVITE_INVALID: This invite is unknown, used or revoked. Ask an admin of the channel for a new invite.',
    );
  });
});

/** What those scripts print of a code that they are given: `join_channel.py <code>` has nothing else to go by. */
describe('Their join_channel with a code', () => {
  test.each([
    ['that opens nothing', 'inv_AAAAAAAAAAAAAAAAAAAAAA', 'INVITE_INVALID'],
    ['that was cut off', 'inv_AAAA', 'INVITE_INVALID'],
    ['that is empty', '', 'INVALID_REQUEST'],
    ['that is a word', 'hello', 'INVALID_REQUEST'],
    ['that is no text', { toString: 'x' }, 'INVALID_REQUEST'],
    ['of a lost seat', 'rejoin_AAAAAAAAAAAAAAAAAAAAAA', '(INVITE|REJOIN)\\w+'],
  ])('%s prints an error and no seat', async (_, invite_code, code) => {
    const bob = await SeedClient.connect(server.url, 'Bob');

    const printed = await printedJoin(bob, invite_code);

    expect(printed).toMatch(new RegExp(`^Error joining channel: ${code}: [A-Z]`));
    expect(await bob.callTool('list_channels')).toEqual({ channels: [], total_channels: 0 });
  });

  test('that was already used prints an error; the first use prints a seat', async () => {
    const [alice, bob] = await twoClients();
    const { channel_id, invites } = await alice.callTool('create_channel', GUESSING);

    const first = await printedJoin(alice, invites[0]);
    const second = await printedJoin(bob, invites[0]);

    expect(first).toBe(`Joined channel: Guessing Game\nSlot: s1\nChannel: ${channel_id}`);
    expect(second).toMatch(/^Error joining channel: INVITE_INVALID: /);
  });
});

test('The curl example of the first README gives the same answer as the tool', async () => {
  const alice = await SeedClient.connect(server.url, 'Alice');
  const input = { name: 'My Game', slots: ['bot:referee', 'invite:player1', 'invite:player2'], bot_preset: 'GuessBot' };

  const response = await fetch(`${server.url}/create_channel`, {
    method: 'POST',
    headers: { authorization: `Bearer ${alice.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const byRest = await response.json();
  const byTool = await alice.callTool('create_channel', input);

  expect(response.status).toBe(200);
  expect(shapeOf(byRest)).toEqual(shapeOf(byTool));
  const { total_channels } = await alice.callTool('list_channels');
  expect(total_channels).toBe(2);
});

const twoClients = () => Promise.all([SeedClient.connect(server.url, 'Alice'), SeedClient.connect(server.url, 'Bob')]);

/** As the script reads it: JSON in the first text is a seat, and everything else is an error. */
async function printedJoin(client: SeedClient, invite_code: unknown): Promise<string> {
  const text = await client.firstText('join_channel', { invite_code });
  try {
    const { view, slot_id, channel_id } = JSON.parse(text);
    return `Joined channel: ${view?.name}\nSlot: ${slot_id}\nChannel: ${channel_id}`;
  } catch {
    return `Error joining channel: ${text}`;
  }
}

const spoken = ({ messages }: { messages: Message[] }) =>
  messages.slice(0, 3).map(({ sender, kind, body }) => [sender, kind, body.type]);

/** The same value with every id, code and time taken out. */
const shapeOf = (value: unknown) =>
  JSON.parse(JSON.stringify(value).replace(/"((chn|inv)_[\w-]+|\d{4}-\d\d-\d\dT[^"]+)"/g, '"…"'));
