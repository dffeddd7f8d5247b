import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Assistant } from '../support/assistant.js';
import { type Era, Inspector } from './inspector.js';

/** Somebody who came with an official client, was refused, signed in with a browser, and is connected. */
export interface Walker extends AsyncDisposable {
  // biome-ignore lint/suspicious/noExplicitAny: a story knows what it asked for
  call(operation: string, input?: object): Promise<any>;
}

export type Connect = (server: { readonly url: string }, name: string) => Promise<Walker>;

export const SDK_CLIENTS: [string, Connect][] = [
  ['the client of line 1', firstLine],
  ['the client of line 2, revision 2026-07-28', (server, name) => secondLine(server, name, { pin: '2026-07-28' })],
  ['the client of line 2, with a handshake', (server, name) => secondLine(server, name, 'legacy')],
];

export const INSPECTORS: [string, Connect][] = (['modern', 'legacy'] as Era[]).map((era) => [
  `the inspector, ${era} era`,
  (server) => Inspector.at(server, era),
]);

/** A long poll may take as long as the server lets it. */
const TIMEOUT = { timeout: 65_000 };

async function firstLine({ url }: { readonly url: string }, name: string): Promise<Walker> {
  const authProvider = new Assistant('none', name);
  const connect = async () => {
    const transport = new Transport1(new URL('/mcp', url), { authProvider: authProvider as never });
    const client = new Client1({ name, version: '1' });
    return { transport, client, connected: client.connect(transport as never) };
  };
  const stranger = await connect();
  await refused(stranger.connected);
  await stranger.transport.finishAuth(authProvider.back.get('code') ?? '');
  const { client, connected } = await connect();
  await connected;
  return {
    call: async (operation, input = {}) =>
      contentOf(await client.callTool({ name: operation, arguments: { ...input } }, undefined, TIMEOUT)),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function secondLine(
  { url }: { readonly url: string },
  name: string,
  mode: 'legacy' | { pin: string },
): Promise<Walker> {
  const authProvider = new Assistant('none', name);
  const connect = async () => {
    const transport = new Transport2(new URL('/mcp', url), { authProvider });
    const client = new Client2({ name, version: '1' }, { versionNegotiation: { mode } });
    return { transport, client, connected: client.connect(transport) };
  };
  const stranger = await connect();
  await refused(stranger.connected);
  await stranger.transport.finishAuth(authProvider.back);
  const { client, connected } = await connect();
  await connected;
  return {
    call: async (operation, input = {}) =>
      contentOf(await client.callTool({ name: operation, arguments: { ...input } }, TIMEOUT)),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function refused(connected: Promise<void>) {
  const failure = await connected.then(
    () => new Error('nobody asked for a token'),
    (error) => error,
  );
  if (!/unauthorized/i.test(String(failure))) throw failure;
}

function contentOf(result: object) {
  const { isError, structuredContent, content } = result as Record<string, unknown>;
  if (isError) throw new Error(JSON.stringify(content));
  return structuredContent;
}
