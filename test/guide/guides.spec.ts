import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { modernClient } from '../support/mcp-clients.js';
import { useServer } from '../support/use-server.js';

const rest = DOORS[0]?.[1] as Door;

interface Block {
  readonly language: string;
  readonly text: string;
}

const server = useServer();
let alice: Person;
beforeAll(async () => {
  alice = await rest(server, 'alice');
});

/** A guide as a client reads it, and its examples. */
async function guide(name: string): Promise<Block[]> {
  const client = await modernClient(server.url, alice.token);
  const { contents } = await client.readResource({ uri: `doc://${name}` });
  await client.close();
  const [{ mimeType, text } = {}] = contents as { mimeType?: string; text?: string }[];
  expect(mimeType).toBe('text/markdown');
  return [...(text ?? '').matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    text: code,
  }));
}

/** Runs the examples in their order: a word in capitals stands for what an earlier answer gave. */
async function run(blocks: Block[], known: Record<string, string>) {
  // biome-ignore lint/suspicious/noExplicitAny: answers of any operation
  const answers: [string, any][] = [];
  for (const { language, text } of blocks) {
    if (language === 'bot') known.BOT_CODE = text;
    if (language !== 'json') continue;
    const filled = text.replace(/"([A-Z][A-Z_]+)"/g, (_, word) => JSON.stringify(known[word] ?? `no ${word} yet`));
    const { tool, arguments: input } = JSON.parse(filled);
    const answer = await alice.call(tool, input);
    answers.push([tool, answer]);
    if (answer.channel_id) known.CHANNEL_ID = answer.channel_id;
    if (answer.invites) known.INVITE = answer.invites[0];
    if (answer.rejoin_token) known.REJOIN_TOKEN = answer.rejoin_token;
    if (answer.bots?.length) known.BOT_ID = answer.bots[0].bot_id;
  }
  return answers;
}

test('every example of the quick start runs, in order', async () => {
  const blocks = await guide('quick-start');
  const known: Record<string, string> = {};

  const answers = await run(blocks, known);

  const [, code] = answers.find(([tool]) => tool === 'get_bot_code') ?? [];
  const check = blocks.find(({ language }) => language === 'js')?.text ?? 'false';
  const isAsAnnounced = new Function('createHash', 'inline_code', 'code_hash', `return ${check}`);
  expect(answers.map(([tool]) => tool)).toEqual([
    ...['start_here', 'create_channel', 'join_channel', 'join_channel', 'join_channel'],
    ...['get_bot_code', 'sync_messages', 'post_message', 'create_channel'],
  ]);
  expect(isAsAnnounced(createHash, code.inline_code, code.code_hash)).toBe(true);
  expect(isAsAnnounced(createHash, `${code.inline_code} `, code.code_hash)).toBe(false);
});

test('the bot of the quick start counts messages', async () => {
  const known: Record<string, string> = {};
  const [[, created] = []] = (await run(await guide('quick-start'), known)).slice(-1);
  await alice.call('join_channel', { invite_code: created.invites[0] });
  const say = (body: string) => alice.call('post_message', { channel_id: created.channel_id, body });

  await say('one');
  const { replies } = await say('two');

  expect(replies.map(({ body }: { body: object }) => body)).toMatchObject([{ type: 'count', player: 's1', count: 2 }]);
});

test('every example of the guide to messages runs, in order', async () => {
  const { channel_id, invites } = await alice.call('create_channel', {
    name: 'Guessing',
    slots: ['bot:referee', 'invite:alice', 'invite:bob'],
    bot_preset: 'GuessBot',
    // So large that the guess in the guide cannot be right by accident.
    bot_params: { range: [1, 1_000_000_000] },
  });
  const { bots } = await alice.call('join_channel', { invite_code: invites[0] });
  const bob = await rest(server, 'bob');
  await bob.call('join_channel', { invite_code: invites[1] });

  const answers = await run(await guide('messages'), { CHANNEL_ID: channel_id, BOT_ID: bots[0].bot_id });

  const repliesOf = (name: string) => answers.filter(([tool]) => tool === name).map(([, { replies }]) => replies);
  expect(answers.map(([tool]) => tool)).toEqual([
    ...['post_message', 'post_message', 'make_game_move', 'sync_messages', 'get_messages', 'dm_bot'],
  ]);
  expect(repliesOf('dm_bot')[0][0]).toMatchObject({ kind: 'private', body: { type: 'status' } });
  expect(repliesOf('make_game_move')[0][0].body).toMatchObject({ type: 'violation', reason: 'BAD_TURN' });
});

test('the guide to messages explains exactly the fields of a message', async () => {
  const client = await modernClient(server.url, alice.token);
  const { contents } = await client.readResource({ uri: 'doc://messages' });
  await client.close();

  // biome-ignore lint/suspicious/noExplicitAny: a document is walked
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as any;
  const { schema } = document.paths['/get_messages'].get.responses[200].content['application/json'];
  const [{ text = '' } = {}] = contents as { text?: string }[];
  const explained = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field);
  expect(explained.sort()).toEqual(Object.keys(schema.properties.messages.items.properties).sort());
});

test('the guide to tools lists every operation with its input, and start_here links to it', async () => {
  const client = await modernClient(server.url, alice.token);
  const { contents } = await client.readResource({ uri: 'doc://tools' });
  await client.close();
  const { all_tools } = await alice.call('start_here');
  const { text } = await alice.call('fetch', { id: all_tools });

  // biome-ignore lint/suspicious/noExplicitAny: a document is walked
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as any;
  const missing = Object.keys(paths).filter((path) => !new RegExp(`\\b${path.slice(1)}\\b`).test(text));
  expect(missing).toEqual([]);
  expect(text).toContain('`get_messages(channel_id, since_id?, limit?, seat?)`');
  expect(contents).toMatchObject([{ text }]);
});
