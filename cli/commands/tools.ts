import type { CliSession } from '../session/cli-session.js';
import { terminalJson, visibleLines } from '../terminal/visible.js';

/** Lists the MCP tools for the signed-in user: names, descriptions, hints and schemas. */
export async function tools({ server, access, out }: CliSession) {
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const client = new Client({ name: 'parley-cli', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  // A REST call first: it refreshes an expired token, and its errors are clearer.
  await server.read('list_channels', { limit: 1 });
  const requestInit = { headers: { authorization: `Bearer ${await access.token()}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', server.origin), { requestInit }));
  try {
    const { tools } = await client.listTools();
    out.answer({ tools }, (paint) =>
      tools.flatMap(({ name, description = '', inputSchema }) => [
        paint('bold', name),
        `  ${visibleLines(description, '  ')}`,
        `  ${visibleLines(terminalJson(inputSchema, 2), '  ')}`,
        '',
      ]),
    );
  } finally {
    await client.close();
  }
}
