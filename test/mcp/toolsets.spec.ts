import { beforeAll, describe, expect, test } from '@jest/globals';
import { adminCommand } from '../support/admin.js';
import { legacyClient, modernClient } from '../support/mcp-clients.js';
import { bearer, signIn } from '../support/oauth.js';
import { useServer } from '../support/use-server.js';
import { post, request } from './json-rpc.js';

const CLIENTS = [
  ['2026-07-28', modernClient],
  ['2025-11-25', legacyClient],
] as const;

const server = useServer();
let token: string;
beforeAll(async () => {
  token = (await signIn(server.url, 'alice')).access_token;
});

describe.each(CLIENTS)('In revision %s', (_, connect) => {
  const listed = async (path: string, who = token) => {
    const client = await connect(server.url, who, { path });
    const { tools } = await client.listTools();
    await client.close();
    return tools.map(({ name }) => name);
  };

  test('the URL chooses which tools are listed', async () => {
    const [all, core, bots, both] = await Promise.all(
      ['/mcp', '/mcp?tools=core', '/mcp?tools=bots', '/mcp?tools=core,bots'].map((path) => listed(path)),
    );

    expect(core).toEqual(expect.arrayContaining(['start_here', 'create_channel', 'post_message', 'sync_messages']));
    expect(core).not.toContain('list_runs');
    expect(bots).toEqual(expect.arrayContaining(['get_bot_code', 'list_runs']));
    expect(bots).not.toContain('post_message');
    expect(both).toEqual([...(core ?? []), ...(bots ?? [])].sort());
    expect(all).toEqual(expect.arrayContaining(both ?? []));
    expect(all).not.toContain('decide_bot_code');
  });

  test('a tool that was not chosen is not there', async () => {
    const client = await connect(server.url, token, { path: '/mcp?tools=bots' });

    const refused = await client.callTool({ name: 'health_check', arguments: {} }).catch(({ code }) => code);
    await client.close();

    expect(refused).toBe(-32602);
  });

  test('the tools of admins are listed to admins, who may narrow them as well', async () => {
    const admin = await adminCommand(server, 'token');

    expect(await listed('/mcp', admin)).toEqual(expect.arrayContaining(['decide_bot_code', 'post_message']));
    expect(await listed('/mcp?tools=admin', admin)).not.toContain('post_message');
    expect(await listed('/mcp?tools=admin')).toEqual([]);
  });
});

test('a set that there is not is named, and those that there are', async () => {
  const { status, message } = await post(`${server.url}/mcp?tools=core,b%0Aots`, request('tools/list'), {
    authorization: `Bearer ${token}`,
  });

  expect(status).toBe(400);
  expect(message.error).toEqual({
    code: -32602,
    message: 'tools=b?ots: there is no such set of tools. There are core, bots, play, account, admin, arena.',
  });
});

test('who has no token is asked for one first, with the same metadata as without a query', async () => {
  const [plain, chosen, wrong] = await Promise.all(
    ['/mcp', '/mcp?tools=core', '/mcp?tools=nothing'].map((path) =>
      post(`${server.url}${path}`, request('tools/list')),
    ),
  );

  expect(chosen?.status).toBe(401);
  expect(wrong?.status).toBe(401);
  expect(chosen?.headers.get('www-authenticate')).toContain(
    `resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp"`,
  );
  expect(chosen?.headers.get('www-authenticate')).toBe(plain?.headers.get('www-authenticate'));
});

test('the same session may be asked with another choice', async () => {
  const { headers } = await post(
    `${server.url}/mcp?tools=core`,
    request('initialize'),
    bearer({ access_token: token }),
  );
  const session = { 'mcp-session-id': headers.get('mcp-session-id') as string, ...bearer({ access_token: token }) };

  const { message } = await post(`${server.url}/mcp?tools=bots`, request('tools/list'), session);

  expect(message.result.tools.map(({ name }: { name: string }) => name)).not.toContain('post_message');
});
