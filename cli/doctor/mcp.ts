import type { Address } from './address.js';
import { type Answer, type Asker, objectIn, shown } from './asker.js';
import { Wrong } from './examination.js';

const MODERN = '2026-07-28';
const LEGACY = '2025-11-25';
const CLIENT = { name: 'parley-doctor', version: '1' };

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: LEGACY, capabilities: {}, clientInfo: CLIENT },
};

export interface Tool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: { readonly type?: unknown };
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** As claude.ai speaks: it opens with initialize, forgets the session, and asks on as if there was none. */
export async function speakLegacy(asker: Asker, { url }: Address, token: string): Promise<readonly Tool[]> {
  const authorization = `Bearer ${token}`;
  const { protocolVersion } = resultIn(await asker.post(url, INITIALIZE, { authorization }), 'initialize');
  if (typeof protocolVersion !== 'string')
    throw new Wrong('initialize names no protocol version.', 'Answer as MCP says.');
  const headers = { authorization, 'mcp-protocol-version': protocolVersion };
  const told = await asker.post(url, { jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
  if (told.status !== 202 && told.status !== 200) {
    throw new Wrong(
      `notifications/initialized is answered with ${told.status}.`,
      'Answer every notification with 202.',
    );
  }
  const list = await asker.post(url, { jsonrpc: '2.0', id: 2, method: 'tools/list' }, headers);
  const { tools } = resultIn(list, 'tools/list without the session');
  return Array.isArray(tools) ? tools : [];
}

/** As ChatGPT speaks: it asks what the server can do, in the revision without a handshake. */
export async function speakModern(asker: Asker, { url }: Address, token: string, note: (sentence: string) => void) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientInfo': CLIENT,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const headers = { authorization: `Bearer ${token}`, 'mcp-protocol-version': MODERN, 'mcp-method': 'server/discover' };
  const discover = { jsonrpc: '2.0', id: 3, method: 'server/discover', params: { _meta } };
  const answer = await asker.post(url, discover, headers);
  if (answer.status !== 200)
    return note(`server/discover is answered with ${answer.status}: clients fall back to ${LEGACY}.`);
  const { supportedVersions } = resultIn(answer, 'server/discover');
  const speaks = Array.isArray(supportedVersions) && supportedVersions.includes(MODERN);
  if (!speaks) note(`server/discover does not list ${MODERN}: clients fall back to ${LEGACY}.`);
}

/** What the directories of both vendors ask of every tool. */
export function readTools(tools: readonly Tool[]) {
  if (!tools.length) throw new Wrong('The server lists no tools.', 'Ask for the scopes that its tools need.');
  for (const { name, title, inputSchema, annotations = {}, description } of tools) {
    const because = (lack: string, fix: string) => new Wrong(`The tool ${shown(name)} ${lack}.`, fix);
    if (!/^[\w-]{1,64}$/.test(name))
      throw because('has a name that Claude refuses', 'Use at most 64 letters, digits, _ and -.');
    if (!title && !annotations.title) throw because('has no title', 'Give every tool a title.');
    if (!description) throw because('has no description', 'Say in a sentence what it does.');
    if (inputSchema?.type !== 'object') throw because('takes no object', 'Make the root of its inputSchema an object.');
    const hints = ['readOnlyHint', 'destructiveHint', 'openWorldHint'].filter(
      (hint) => typeof annotations[hint] !== 'boolean',
    );
    if (hints.length)
      throw because(`does not set ${hints.join(' and ')}`, 'Set all three: the directories ask for them.');
  }
}

/** The result of a JSON-RPC answer, whether it came as JSON or as one event. */
function resultIn(answer: Answer, what: string): Record<string, unknown> {
  if (answer.status === 401) {
    throw new Wrong(
      `The server refuses the token that was just given to it, for ${what}.`,
      'Take tokens for the resource as it is spelled in the metadata, and keep their clocks right.',
    );
  }
  if (answer.status !== 200)
    throw new Wrong(`${what} is answered with ${answer.status}.`, 'Look into the log of the server.');
  const isStream = /^text\/event-stream/i.test(answer.headers.get('content-type') ?? '');
  const text = isStream ? (/^data: ?(.*)$/m.exec(answer.text)?.[1] ?? '') : answer.text;
  const { result, error } = objectIn({ ...answer, text });
  if (result !== null && typeof result === 'object') return result as Record<string, unknown>;
  throw new Wrong(`${what} is answered with the error ${shown(error)}.`, 'Look into the log of the server.');
}
