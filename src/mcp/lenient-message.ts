import { LATEST_PROTOCOL_VERSION } from '@modelcontextprotocol/server';

interface Message {
  readonly method?: unknown;
  readonly params?: Record<string, unknown> | null;
}

/**
 * What plain clients leave out of a JSON-RPC message and the SDK insists on: `params: null` is no params, and an
 * `initialize` that says only its version has no capabilities and no name. Everything else passes as it is.
 */
export function lenientMessage(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(lenientMessage);
  if (body === null || typeof body !== 'object') return body;
  const { params, ...message } = body as Message;
  if (message.method === 'initialize') return { ...message, params: introduced(params ?? {}) };
  if (message.method === 'tools/call' && params?.arguments === null) {
    return { ...message, params: { ...params, arguments: {} } };
  }
  return params === null || params === undefined ? message : body;
}

const introduced = ({ clientInfo, ...params }: Record<string, unknown>) => ({
  protocolVersion: LATEST_PROTOCOL_VERSION,
  capabilities: {},
  ...params,
  clientInfo: { name: 'unknown', version: 'unknown', ...(clientInfo as object) },
});
