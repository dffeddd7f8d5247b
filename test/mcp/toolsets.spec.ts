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
    const [core = [], bots = [], both, account] = await Promise.all(
      ['core', 'bots', 'core,bots', 'account'].map((sets) => listed(`/mcp?tools=${sets}`)),
    );
    const all = await listed('/mcp');

    expect(core).toEqual(expect.arrayContaining(['start_here', 'create_channel', 'post_message', 'sync_messages']));
    expect(core).not.toContain('list_runs');
    expect(bots).toEqual(expect.arrayContaining(['get_bot_code', 'list_runs']));
    expect(bots).not.toContain('post_message');
    expect(both).toEqual([...new Set([...core, ...bots])].sort());
    expect(all).toEqual(expect.arrayContaining(core));
    expect(all).not.toContain('decide_bot_code');
    expect(account).toEqual(['get_limits', 'health_check', 'list_tokens', 'revoke_token']);
    expect(all).not.toContain('health_check');
  });

  test.each(['/mcp', '/mcp?tools=bots'])(
    'a tool that %s does not list can be called, under each of its names',
    async (path) => {
      const client = await connect(server.url, token, { path });
      const call = (name: string, args: object) => client.callTool({ name, arguments: { ...args } });

      const health = await call('health_check', {});
      const opened = await call('create_channel', { name: 'Unlisted', slots: ['invite:alice'] });
      const { channel_id } = opened.structuredContent as { channel_id: string };
      const seen = await Promise.all(['who', 'get_channel_info'].map((name) => call(name, { channel_id })));
      const unknown = await call('no_such_tool', {}).catch(({ code }) => code);
      await client.close();

      expect(health.structuredContent).toMatchObject({ status: 'healthy' });
      expect(seen[1]?.structuredContent).toEqual(seen[0]?.structuredContent);
      expect(seen[1]?.isError).toBe(false);
      expect(unknown).toBe(-32602);
    },
  );

  test('the tools of admins are listed to admins, who may choose toolsets too', async () => {
    const admin = await adminCommand(server, 'token');

    expect(await listed('/mcp', admin)).toEqual(expect.arrayContaining(['decide_bot_code', 'post_message']));
    expect(await listed('/mcp?tools=admin', admin)).not.toContain('post_message');
    expect(await listed('/mcp?tools=admin')).toEqual([]);
  });
});

test('an unknown toolset is an error that names the known ones', async () => {
  const { status, message } = await post(`${server.url}/mcp?tools=core,b%0Aots`, request('tools/list'), {
    authorization: `Bearer ${token}`,
  });

  expect(status).toBe(400);
  expect(message.error).toEqual({
    code: -32602,
    message:
      'tools=b?ots: there is no such toolset. The toolsets are core, channels, bots, play, account, admin, arena.',
  });
});

test('a caller without a token gets a 401 first, with the same metadata as without a query', async () => {
  const [plain, chosen, wrong] = await Promise.all(
    ['/mcp', '/mcp?tools=core', '/mcp?tools=nothing'].map((path) =>
      post(`${server.url}${path}`, request('tools/call', { name: 'start_here' })),
    ),
  );

  expect(chosen?.status).toBe(401);
  expect(wrong?.status).toBe(401);
  expect(chosen?.headers.get('www-authenticate')).toContain(
    `resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp"`,
  );
  expect(chosen?.headers.get('www-authenticate')).toBe(plain?.headers.get('www-authenticate'));
});

test('a session can request a list with other toolsets than at its start', async () => {
  const { headers } = await post(
    `${server.url}/mcp?tools=core`,
    request('initialize'),
    bearer({ access_token: token }),
  );
  const session = { 'mcp-session-id': headers.get('mcp-session-id') as string, ...bearer({ access_token: token }) };

  const { message } = await post(`${server.url}/mcp?tools=bots`, request('tools/list'), session);

  expect(message.result.tools.map(({ name }: { name: string }) => name)).not.toContain('post_message');
});
