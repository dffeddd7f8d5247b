import type { Session } from '../session.js';
import { visibleJson, visibleLines } from '../terminal/visible.js';

/** Lists what the MCP door offers to who is signed in: names, descriptions, hints and schemas. */
export async function tools({ server, access, out }: Session) {
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const client = new Client({ name: 'parley-cli', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  // Asked for once over REST: a token that is over is refreshed, and what is wrong is said in our words.
  await server.read('list_channels', { limit: 1 });
  const requestInit = { headers: { authorization: `Bearer ${await access.token()}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', server.origin), { requestInit }));
  try {
    const { tools } = await client.listTools();
    out.answer({ tools }, (paint) =>
      tools.flatMap(({ name, description = '', inputSchema }) => [
        paint('bold', name),
        `  ${visibleLines(description, '  ')}`,
        `  ${visibleLines(visibleJson(inputSchema, 2), '  ')}`,
        '',
      ]),
    );
  } finally {
    await client.close();
  }
}
