import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  CHATS_IN_SESSIONS,
  CHATS_WITHOUT_SESSIONS,
  type Chat,
  ChatRefusedError,
  hosted,
  type OpenChat,
} from '../support/chats.js';
import { type Message, ofType } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { signIn } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server[Symbol.asyncDispose]());

/** Two chats of one token; the first opened a channel, and each took one seat of it. */
async function twoChats(open: OpenChat, channel: object = {}) {
  const { access_token: token } = await signIn(server.url, 'alice');
  const [first, second] = await Promise.all([open(server.url, token), open(server.url, token)]);
  const { channel_id, invites } = await first.call('create_channel', {
    name: 'Two chats',
    slots: ['bot:referee', 'invite:one', 'invite:two'],
    ...channel,
  });
  const joined = [
    await first.call('join_channel', { invite_code: invites[0] }),
    await second.call('join_channel', { invite_code: invites[1] }),
  ];
  const close = () => Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
  return { token, first, second, channel_id, joined, [Symbol.asyncDispose]: async () => void (await close()) };
}

/** Large, so that the first guess does not end the game. */
const HIGHEST = 100_000;
const GUESSING = { bot_preset: 'GuessBot', bot_params: { range: [1, HIGHEST] } };

describe.each([...CHATS_IN_SESSIONS, ...CHATS_WITHOUT_SESSIONS])('Two chats under one token: %s', (_, open) => {
  test('play to the reveal, each with its own seat, across a restart of the server', async () => {
    await using game = await twoChats(open, GUESSING);
    const { first, second, channel_id } = game;

    const turns = await play([first, second], channel_id, () => server.crashAndRestart());
    const heard = await allOf(second, channel_id);

    const [commit] = ofType(heard, 'bot:commit');
    const reveal = ofType(heard, 'bot:reveal').find(({ kind }) => kind === 'control');
    expect(sha256(`${reveal?.body.target}|${reveal?.body.nonce}`)).toBe(commit?.body.commit);
    expect(ofType(heard, 'judge').at(-1)?.body).toMatchObject({ result: 'correct', guess: reveal?.body.target });
    expect(turns.length).toBeGreaterThan(1);
    expect(heard.filter(({ kind }) => kind === 'user').map(({ sender }) => sender)).toEqual(turns);
    expect(ofType(heard, 'member_joined').map(({ body }) => [body.slot_id, body.same_account_as])).toEqual([
      ['s1', undefined],
      ['s2', 's1'],
    ]);
  });

  test('each see what their own seat may read, before and after a restart', async () => {
    await using chats = await twoChats(open);
    const { first, second, channel_id } = chats;
    await second.call('post_message', { channel_id, to: 's1', body: 'for s1 alone', wait_ms: 0 });
    await first.call('post_message', { channel_id, to: 's1', body: 'a note of s1', wait_ms: 0 });

    const before = [await allOf(first, channel_id), await allOf(second, channel_id)];
    await server.crashAndRestart();
    const after = [await allOf(first, channel_id), await allOf(second, channel_id)];

    const textsOf = (heard?: Message[]) => heard?.flatMap(({ body }) => body.text ?? []);
    expect(before.map(textsOf)).toEqual([['for s1 alone', 'a note of s1'], ['for s1 alone']]);
    expect(after).toEqual(before);
  });
});

describe.each(CHATS_IN_SESSIONS)('The seat that an MCP session joined: %s', (_, open) => {
  test('is not replaced by another seat when the session leaves it', async () => {
    await using chats = await twoChats(open);
    const { first, second, channel_id } = chats;

    await first.call('leave_channel', { channel_id });
    const again = await refused(first.call('leave_channel', { channel_id }));
    const post = await refused(first.call('post_message', { channel_id, body: 'from whom?' }));

    for (const problem of [again, post]) {
      expect(problem).toMatchObject({ code: 'SEAT_AMBIGUOUS', seats: ['s2'], detail: 'pass seat: "s2"' });
    }
    const { messages } = await second.call('sync_messages', { channel_id, timeout_ms: 0 });
    expect(ofType(messages, 'member_left').map(({ body }) => body.slot_id)).toEqual(['s1']);
  });

  test('gives no access after another grant has taken it over', async () => {
    await using chats = await twoChats(open);
    const { first, second, channel_id, joined } = chats;
    const { access_token: other } = await signIn(server.url, 'bob');
    await using bob = await open(server.url, other);

    await bob.call('join_channel', { invite_code: joined[0].rejoin_token });

    const lost = await refused(first.call('sync_messages', { channel_id, seat: 's1' }));
    expect(lost.code).toBe('NOT_MEMBER');
    expect((await second.call('sync_messages', { channel_id, timeout_ms: 0 })).pass_seat).toBeUndefined();
  });

  test('is not used if the session joined two: calls must name one', async () => {
    const { access_token: token } = await signIn(server.url, 'alice');
    await using alone = await open(server.url, token);
    const { channel_id, invites } = await alone.call('create_channel', { name: 'x', slots: ['invite:a', 'invite:b'] });
    for (const invite_code of invites) await alone.call('join_channel', { invite_code });

    const problem = await refused(alone.call('post_message', { channel_id, body: 'from whom?' }));
    await alone.call('post_message', { channel_id, body: 'from s1', seat: 's1', wait_ms: 0 });

    expect(problem).toMatchObject({ code: 'SEAT_AMBIGUOUS', seats: ['s0', 's1'] });
  });

  test('stays that of a watching chat when another chat of the same account takes a player seat', async () => {
    const { access_token: token } = await signIn(server.url, 'alice');
    await using watcher = await open(server.url, token);
    await using player = await open(server.url, token);
    const slots = ['invite:player', 'observe:gallery'];
    const created = await watcher.call('create_channel', { name: 'x', slots });
    const { channel_id } = created;
    await watcher.call('join_channel', { invite_code: created.observer_invites[0] });

    await player.call('join_channel', { invite_code: created.invites[0] });
    await player.call('post_message', { channel_id, body: 'a move', wait_ms: 0 });

    const { messages, pass_seat } = await watcher.call('sync_messages', { channel_id, timeout_ms: 0 });
    expect(pass_seat).toBe('s1');
    expect(messages.at(-1)).toMatchObject({ sender: 's0', body: { text: 'a move' } });
    expect((await refused(watcher.call('post_message', { channel_id, body: 'x' }))).code).toBe('OBSERVER');
  });
});

test('a call without an MCP session and without a seat is refused with the possible seats, and changes nothing', async () => {
  await using chats = await twoChats((url, token) => Promise.resolve(hosted(url, token)));
  const { first, channel_id } = chats;
  const before = (await first.call('sync_messages', { channel_id, seat: 's1', timeout_ms: 0 })).cursor;

  const problem = await refused(first.call('post_message', { channel_id, body: 'from whom?' }));

  expect(problem).toMatchObject({ code: 'SEAT_AMBIGUOUS', seats: ['s1', 's2'] });
  expect(problem.detail).toBe('pass seat: "s1" or seat: "s2"');
  expect((await first.call('sync_messages', { channel_id, seat: 's1', timeout_ms: 0 })).cursor).toBe(before);
});

async function refused(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof ChatRefusedError) return error.problem;
  throw error ?? new Error('it was not refused');
}

/** Halves the range, turn by turn, and answers with whose turns they were. */
async function play(
  [first, second]: [Chat, Chat],
  channel_id: string,
  between: () => Promise<void>,
): Promise<string[]> {
  const turns: string[] = [];
  for (let low = 1, high = HIGHEST; low <= high; ) {
    const guess = Math.floor((low + high) / 2);
    const chat = turns.length % 2 ? second : first;
    const { replies } = await chat.call('post_message', { channel_id, body: `guess ${guess}`, wait_ms: 30_000 });
    turns.push(`s${1 + (turns.length % 2)}`);
    const [judge] = ofType(replies, 'judge');
    if (judge?.body.result === 'correct') return turns;
    if (judge?.body.result === 'high') high = guess - 1;
    else low = guess + 1;
    if (turns.length === 1) await between();
  }
  throw new Error('the referee has misled the players');
}

/** What sync_messages gives from the start, until there is nothing new. */
async function allOf(chat: Chat, channel_id: string): Promise<Message[]> {
  const heard: Message[] = [];
  for (let cursor = 0; ; ) {
    const page = await chat.call('sync_messages', { channel_id, cursor, timeout_ms: 0 });
    if (!page.messages.length) return heard;
    heard.push(...page.messages);
    cursor = page.cursor;
  }
}
