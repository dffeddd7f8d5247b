import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ApprovingBrowser } from './approving-browser.js';

/** One AI session, as the official client of its generation connects it. */
export interface Session {
  readonly name: string;
  readonly how: string;
  readonly steps: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: the demo knows what it asked for
  call(tool: string, input?: object): Promise<any>;
  close(): Promise<void>;
}

/** The v2 client in the newest era of the protocol: no handshake, no session. */
export async function modernSession(url: string, name: string): Promise<Session> {
  const browser = new ApprovingBrowser(name);
  const connect = async () => {
    const client = new ModernClient({ name, version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
    const transport = new ModernTransport(new URL('/mcp', url), { authProvider: browser });
    return { client, transport, connected: client.connect(transport) };
  };
  const first = await connect();
  await first.connected.catch(() => first.transport.finishAuth(browser.takeAnswer()));
  const { client, connected } = await connect();
  await connected;
  const how = `v2 client, protocol ${client.getNegotiatedProtocolVersion()}`;
  const call = async (tool: string, input: object = {}) =>
    answerOf(await client.callTool({ name: tool, arguments: { ...input } }));
  return { name, how, steps: browser.steps, call, close: () => client.close() };
}

/** The v1 client, which opens with `initialize` and keeps a protocol session. */
export async function legacySession(url: string, name: string): Promise<Session> {
  const browser = new ApprovingBrowser(name);
  const connect = () => {
    const client = new LegacyClient({ name, version: '1.0.0' });
    const transport = new LegacyTransport(new URL('/mcp', url), { authProvider: browser });
    return { client, transport, connected: client.connect(transport as never) };
  };
  const first = connect();
  await first.connected.catch(() => first.transport.finishAuth(browser.takeAnswer().get('code') ?? ''));
  const { client, transport, connected } = connect();
  await connected;
  const how = `v1 client, protocol ${transport.protocolVersion}`;
  const call = async (tool: string, input: object = {}) =>
    answerOf(await client.callTool({ name: tool, arguments: { ...input } }));
  return { name, how, steps: browser.steps, call, close: () => client.close() };
}

function answerOf(result: object & { isError?: unknown; structuredContent?: unknown; content?: unknown }) {
  if (!result.isError) return result.structuredContent;
  const [line] = result.content as { text?: string }[];
  throw new Error(line?.text ?? JSON.stringify(result));
}
