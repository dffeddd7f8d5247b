import type { Address } from './address.js';
import { type ConnectorRequests, type HttpAnswer, objectIn, shown } from './connector-requests.js';
import { ExaminationError } from './examination.js';

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

/** Like claude.ai: calls initialize, ignores the session, and continues without one. */
export async function speakLegacy(
  connector: ConnectorRequests,
  { url }: Address,
  token: string,
): Promise<readonly Tool[]> {
  const authorization = `Bearer ${token}`;
  const { protocolVersion } = resultIn(await connector.post(url, INITIALIZE, { authorization }), 'initialize');
  if (typeof protocolVersion !== 'string')
    throw new ExaminationError(
      'The answer to initialize has no protocol version.',
      'Add it, as the MCP specification says.',
    );
  const headers = { authorization, 'mcp-protocol-version': protocolVersion };
  const notified = await connector.post(url, { jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
  if (notified.status !== 202 && notified.status !== 200) {
    throw new ExaminationError(
      `notifications/initialized is answered with ${notified.status}.`,
      'Answer every notification with 202.',
    );
  }
  const list = await connector.post(url, { jsonrpc: '2.0', id: 2, method: 'tools/list' }, headers);
  const { tools } = resultIn(list, 'tools/list without the session');
  return Array.isArray(tools) ? tools : [];
}

/** Like ChatGPT: asks for the server's capabilities in the revision without a handshake. */
export async function speakModern(
  connector: ConnectorRequests,
  { url }: Address,
  token: string,
  note: (sentence: string) => void,
) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientInfo': CLIENT,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const headers = { authorization: `Bearer ${token}`, 'mcp-protocol-version': MODERN, 'mcp-method': 'server/discover' };
  const discover = { jsonrpc: '2.0', id: 3, method: 'server/discover', params: { _meta } };
  const answer = await connector.post(url, discover, headers);
  if (answer.status !== 200)
    return note(`server/discover is answered with ${answer.status}: clients fall back to ${LEGACY}.`);
  const { supportedVersions } = resultIn(answer, 'server/discover');
  const speaks = Array.isArray(supportedVersions) && supportedVersions.includes(MODERN);
  if (!speaks) note(`server/discover does not list ${MODERN}: clients fall back to ${LEGACY}.`);
}

/** Checks the rules of both vendors' directories for every tool. */
export function readTools(tools: readonly Tool[]) {
  if (!tools.length)
    throw new ExaminationError('The server lists no tools.', 'Ask for the scopes that its tools need.');
  for (const { name, title, inputSchema, annotations = {}, description } of tools) {
    const because = (lack: string, fix: string) => new ExaminationError(`The tool ${shown(name)} ${lack}.`, fix);
    if (!/^[\w-]{1,64}$/.test(name))
      throw because('has a name that Claude refuses', 'Use at most 64 letters, digits, _ and -.');
    if (!title && !annotations.title) throw because('has no title', 'Give every tool a title.');
    if (!description) throw because('has no description', 'Describe in a sentence what it does.');
    if (inputSchema?.type !== 'object')
      throw because('does not take an object', 'Make the root of its inputSchema an object.');
    const hints = ['readOnlyHint', 'destructiveHint', 'openWorldHint'].filter(
      (hint) => typeof annotations[hint] !== 'boolean',
    );
    if (hints.length)
      throw because(
        `does not set ${hints.join(' and ')}`,
        'Set all three: the directories of connectors require them.',
      );
  }
}

/** The result of a JSON-RPC response, as JSON or as a single event. */
function resultIn(answer: HttpAnswer, what: string): Record<string, unknown> {
  if (answer.status === 401) {
    throw new ExaminationError(
      `The server refuses the token that it has just issued, for ${what}.`,
      'Accept tokens for the resource exactly as the metadata spells it, and check the clocks of both servers.',
    );
  }
  if (answer.status !== 200)
    throw new ExaminationError(`${what} is answered with ${answer.status}.`, 'Check the log of the server.');
  const isStream = /^text\/event-stream/i.test(answer.headers.get('content-type') ?? '');
  const text = isStream ? (/^data: ?(.*)$/m.exec(answer.text)?.[1] ?? '') : answer.text;
  const { result, error } = objectIn({ ...answer, text });
  if (result !== null && typeof result === 'object') return result as Record<string, unknown>;
  throw new ExaminationError(`${what} is answered with the error ${shown(error)}.`, 'Check the log of the server.');
}
