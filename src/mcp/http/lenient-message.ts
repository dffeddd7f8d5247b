import { LATEST_PROTOCOL_VERSION } from '@modelcontextprotocol/server';
import { fromText } from '../../kernel/meant-input.js';

interface Message {
  readonly method?: unknown;
  readonly params?: Record<string, unknown> | null;
}

/**
 * Completes JSON-RPC messages of simple clients as the SDK requires: `params: null` becomes no params, an `initialize`
 * with only a version gets capabilities and a name, and tool arguments may be null or JSON as text. Other messages are
 * unchanged.
 */
export function lenientMessage(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(lenientMessage);
  if (body === null || typeof body !== 'object') return body;
  const { params, ...message } = body as Message;
  if (message.method === 'initialize') return { ...message, params: completeIntroduction(params ?? {}) };
  if (message.method === 'tools/call' && isNullOrText(params?.arguments)) {
    return { ...message, params: { ...params, arguments: argumentsOf(params?.arguments) } };
  }
  return params === null || params === undefined ? message : body;
}

const completeIntroduction = ({ clientInfo, ...params }: Record<string, unknown>) => ({
  protocolVersion: LATEST_PROTOCOL_VERSION,
  capabilities: {},
  ...params,
  clientInfo: { name: 'unknown', version: 'unknown', ...(clientInfo as object) },
});

const isNullOrText = (value: unknown) => value === null || typeof value === 'string';

/** Text that is not valid JSON is unchanged and will be refused. */
const argumentsOf = (value: unknown): unknown =>
  (typeof value === 'string' && value.trim() !== '' ? fromText(value, ['object']) : undefined) ?? {};
