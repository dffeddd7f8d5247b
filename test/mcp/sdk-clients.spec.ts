import { beforeAll, describe, expect, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { bearer, signIn } from '../support/oauth.js';
import { startServer } from '../support/server.js';
import { useServer } from '../support/use-server.js';

const server = useServer();
let requestInit: { headers: { authorization: string } };
beforeAll(async () => {
  requestInit = { headers: bearer(await signIn(server.url, 'alice')) };
});

describe.each(['/mcp', '/'])('At %s', (path) => {
  test.each([{ pin: '2026-07-28' }, 'auto', 'legacy'] as const)(
    'the official client works in mode %j',
    async (mode) => {
      const client = new Client({ name: 'alice', version: '1' }, { versionNegotiation: { mode } });
      await client.connect(new StreamableHTTPClientTransport(new URL(path, server.url), { requestInit }));

      const { tools } = await client.listTools();
      const { structuredContent, isError } = await client.callTool({ name: 'health_check', arguments: {} });
      await client.close();

      expect(tools.map(({ name }) => name)).toContain('start_here');
      expect(structuredContent).toMatchObject({ status: 'healthy' });
      expect(isError).toBe(false);
    },
  );

  test('the client of SDK 1.x works: it keeps a session, and ends it', async () => {
    const transport = new FirstTransport(new URL(path, server.url), { requestInit });
    const client = new FirstClient({ name: 'alice', version: '1' });
    await client.connect(transport);

    await client.ping();
    const { tools } = await client.listTools();
    const { structuredContent } = await client.callTool({ name: 'health_check', arguments: {} });
    const session = transport.sessionId;
    await transport.terminateSession();
    await client.close();

    expect(session).toMatch(/^[0-9a-f]{32}$/);
    expect(tools.map(({ name }) => name)).toContain('start_here');
    expect(structuredContent).toMatchObject({ status: 'healthy' });
  });
});

test('the log names the protocol and the tool, and contains no arguments', async () => {
  await using quiet = await startServer();
  const { access_token } = await signIn(quiet.url, 'alice');
  const client = new Client({ name: 'alice', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  const headers = { authorization: `Bearer ${access_token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', quiet.url), { requestInit: { headers } }));

  await client.callTool({ name: 'health_check', arguments: { secret_plan: 'attack at dawn' } });
  await client.close();
  await quiet.stop();

  expect(quiet.log()).toContain('"era":"modern","protocol":"2026-07-28","rpc":"tools/call","tool":"health_check"');
  expect(quiet.log()).not.toContain('attack at dawn');
  expect(quiet.log()).not.toContain(access_token);
});
