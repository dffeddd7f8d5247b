import type { Door, Person } from './doors.js';

export interface Message {
  readonly id: number;
  readonly sender: string;
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: a story knows what was said
  readonly body: any;
  readonly ts: string;
  readonly to_slot: string | null;
}

export interface Game extends AsyncDisposable {
  /** Made the channel; sits in s1 and came first. */
  readonly alice: Person;
  /** Sits in s2. */
  readonly bob: Person;
  readonly channelId: string;
  readonly botId: string;
  readonly rejoin: { readonly alice: string; readonly bob: string };
}

/** A channel with GuessBot in which both players sit: the game has begun. `entropy` is what maker, alice and bob give. */
export async function openGame(
  server: { readonly url: string },
  door: Door,
  bot_params: object = {},
  entropy: string[] = [],
): Promise<Game> {
  const [alice, bob] = await Promise.all([door(server, 'alice'), door(server, 'bob')]);
  const { channel_id: channelId, invites } = await alice.call('create_channel', {
    name: 'Guessing',
    slots: ['bot:guess-referee', 'invite:alice', 'invite:bob'],
    bot_preset: 'GuessBot',
    bot_params,
    entropy: entropy[0],
  });
  const first = await alice.call('join_channel', { invite_code: invites[0], entropy: entropy[1] });
  const second = await bob.call('join_channel', { invite_code: invites[1], entropy: entropy[2] });
  const rejoin = { alice: first.rejoin_token, bob: second.rejoin_token };
  return {
    alice,
    bob,
    channelId,
    botId: 'bot_GuessBot_0',
    rejoin,
    async [Symbol.asyncDispose]() {
      await Promise.all([alice.close(), bob.close()]);
    },
  };
}

/** Says something and answers with what the bots said to it. */
export async function say(person: Person, channel_id: string, body: unknown): Promise<Message[]> {
  return (await person.call('post_message', { channel_id, body, wait_ms: 30_000 })).replies;
}

/** Everything that somebody can read in a channel. */
export async function readAll(person: Person, channel_id: string): Promise<Message[]> {
  const messages: Message[] = [];
  for (let since_id = 0, more = true; more; ) {
    const page = await person.call('get_messages', { channel_id, since_id, limit: 500 });
    messages.push(...page.messages);
    since_id = page.cursor;
    more = page.has_more;
  }
  return messages;
}

/** Waits until somebody can read so many messages of one type, and answers with everything that can be read then. */
export async function readUntil(person: Person, channel_id: string, type: string, count = 1): Promise<Message[]> {
  for (const until = Date.now() + PATIENCE_MS; ; ) {
    const messages = await readAll(person, channel_id);
    if (ofType(messages, type).length >= count) return messages;
    if (Date.now() > until) throw new Error(`there is no ${type} in ${JSON.stringify(messages)}`);
    await person.call('sync_messages', { channel_id, cursor: messages.at(-1)?.id ?? 0, timeout_ms: 1_000 });
  }
}

/** Less than a test has, so that the failure shows what was there. */
const PATIENCE_MS = 150_000;

export const ofType = (messages: readonly Message[], type: string) => messages.filter(({ body }) => body.type === type);

export const typesOf = (messages: readonly Message[]) => messages.map(({ body }) => body.type);
