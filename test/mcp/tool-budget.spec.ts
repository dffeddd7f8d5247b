import { beforeAll, describe, expect, test } from '@jest/globals';
import { TOOLSETS } from '../../src/kernel/operation.js';
import { adminCommand } from '../support/admin.js';
import { bearer, signIn } from '../support/oauth.js';
import { useServer } from '../support/use-server.js';
import { modernHeaders, modernRequest, post, request } from './json-rpc.js';

/** What a list may take of a model's context. A token is about four bytes of JSON. */
const BUDGETS = [
  { list: 'the default list', path: '/mcp', tools: 24, tokens: 8_000 },
  { list: 'the core list', path: '/mcp?tools=core', tools: 14, tokens: 5_000 },
];

const server = useServer();
let people: { who: string; headers: { authorization: string } }[];
beforeAll(async () => {
  const admin = { access_token: await adminCommand(server, 'token') };
  people = [
    { who: 'a guest', headers: bearer(await signIn(server.url, 'alice')) },
    { who: 'an admin', headers: bearer(admin) },
  ];
});

const listOf = async (path: string, headers: object) => {
  const { message } = await post(server.url + path, request('tools/list'), headers as Record<string, string>);
  return sized(message.result);
};

const sized = (result: { tools: { name: string }[] }) => ({
  names: result.tools.map(({ name }) => name),
  tokens: Math.ceil(Buffer.byteLength(JSON.stringify(result)) / 4),
});

describe.each(BUDGETS)('$list', ({ list, path, tools, tokens }) => {
  test(`has at most ${tools} tools and ${tokens} tokens, for a guest and for an admin, in both eras`, async () => {
    const older = await Promise.all(people.map(({ headers }) => listOf(path, headers)));
    const modern = await Promise.all(
      people.map(async ({ headers }) => {
        const asked = { ...headers, ...modernHeaders('tools/list') };
        return sized((await post(server.url + path, modernRequest('tools/list'), asked)).message.result);
      }),
    );

    for (const [i, { names, tokens: used }] of older.entries()) {
      console.info(`${list} of ${people[i]?.who}: ${names.length} tools, ${used} tokens`);
    }
    const all = [...older, ...modern];
    expect(all.filter((it) => it.names.length > tools || it.tokens > tokens)).toEqual([]);
  });
});

test('the core list contains everything for a game from start to end', async () => {
  const [guest] = people;

  const { names } = await listOf('/mcp?tools=core', guest?.headers as object);

  expect(names).toEqual(
    expect.arrayContaining([
      ...['start_here', 'list_presets', 'create_channel', 'join_channel', 'who', 'post_message', 'make_game_move'],
      ...['sync_messages', 'get_bot_code'],
    ]),
  );
});

test('every operation is in a toolset that the URL can choose', async () => {
  const document = await (await fetch(`${server.url}/openapi.json`)).json();
  const [, admin] = people;

  const { names } = await listOf(`/mcp?tools=${TOOLSETS.join(',')}`, admin?.headers as object);

  const paths = Object.keys((document as { paths: object }).paths).map((path) => path.slice(1));
  expect(paths.filter((name) => !names.includes(name))).toEqual(['get_channel_info']);
});
