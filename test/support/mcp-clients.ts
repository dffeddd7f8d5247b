import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

type Options = Pick<ClientOptions, 'capabilities' | 'listChanged'> & { readonly path?: string };

const headersOf = (token: string) => ({ requestInit: { headers: { authorization: `Bearer ${token}` } } });

/** The official client in the newest era. */
export const modernClient = (url: string, token: string, options: Options = {}) =>
  connected(url, token, { pin: '2026-07-28' }, options);

/** The official client in the era that has sessions. */
export const legacyClient = (url: string, token: string, options: Options = {}) =>
  connected(url, token, 'legacy', options);

/** The client of the 1.x line. */
export async function firstClient(url: string, token: string, options: { path?: string; capabilities?: object } = {}) {
  const { path = '/mcp', ...more } = options;
  const client = new FirstClient({ name: 'first', version: '1' }, more);
  const transport = new FirstTransport(new URL(path, url), headersOf(token));
  await client.connect(transport);
  return client;
}

async function connected(
  url: string,
  token: string,
  mode: 'legacy' | { pin: string },
  { path = '/mcp', ...options }: Options,
): Promise<Client> {
  const client = new Client({ name: 'second', version: '1' }, { versionNegotiation: { mode }, ...options });
  await client.connect(new StreamableHTTPClientTransport(new URL(path, url), headersOf(token)));
  return client;
}
