import { randomUUID } from 'node:crypto';
import { legacyClient, modernClient } from './mcp-clients.js';
import { signIn } from './oauth.js';

type Client = Awaited<ReturnType<typeof modernClient>>;

/** The two eras of the protocol, with the official client of each. */
export const ERAS = { modern: modernClient, legacy: legacyClient } as const;

/**
 * One use of a server by two guests, with the official client: sign in, open a channel, join, play, wait for the other,
 * reconnect, read. Throws at the first answer that is not as it should be.
 */
export async function mcpFlow(url: string, era: keyof typeof ERAS) {
  const [alice, bob] = await Promise.all([visitor(url, era, 'alice'), visitor(url, era, 'bob')]);
  const slots = ['bot:referee', 'invite:alice', 'invite:bob'];
  const opened = await alice.call('create_channel', { name: 'Flow', slots, bot_preset: 'GuessBot' });
  const { channel_id } = opened;
  await alice.call('join_channel', { invite_code: opened.invites[0] });
  const joined = await bob.call('join_channel', { invite_code: opened.invites[1] });
  const { cursor } = await bob.call('sync_messages', { channel_id, cursor: 0 });

  const waiting = bob.call('sync_messages', { channel_id, cursor, timeout_ms: 30_000 });
  const guess = await alice.call('post_message', { channel_id, body: 'guess 50', wait_ms: 30_000 });
  if (!guess.replies.length) throw new Error('the bot did not answer');
  const heard = await waiting;
  if (!heard.messages.length) throw new Error('who waited heard nothing');

  await bob.reconnect();
  const text = randomUUID();
  await bob.call('join_channel', { channel_id, seat: joined.slot_id });
  await bob.call('post_message', { channel_id, body: text, wait_ms: 0 });
  const { messages } = await alice.call('get_messages', { channel_id, since_id: 0, limit: 500 });
  const said = messages.filter(({ body }: { body: { text?: string } }) => body.text === text);
  if (said.length !== 1) throw new Error(`it was said ${said.length} times`);
  await Promise.all([alice.close(), bob.close()]);
}

async function visitor(url: string, era: keyof typeof ERAS, name: string) {
  const { access_token } = await signIn(url, name);
  let client: Client = await ERAS[era](url, access_token);
  return {
    // biome-ignore lint/suspicious/noExplicitAny: a flow knows what it asked for
    async call(tool: string, input: object): Promise<any> {
      const answer = await client.callTool({ name: tool, arguments: { ...input } }, { timeout: 65_000 });
      if (answer.isError) throw new Error(`${tool}: ${JSON.stringify(answer.content)}`);
      return answer.structuredContent;
    },
    async reconnect() {
      await client.close();
      client = await ERAS[era](url, access_token);
    },
    close: () => client.close(),
  };
}
