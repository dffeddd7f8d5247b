/** A JSON-RPC 2.0 message, as far as the bridge reads it. */
export interface JsonRpcMessage {
  readonly jsonrpc: '2.0';
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface Request extends JsonRpcMessage {
  readonly id: string | number;
  readonly method: string;
}

const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

export const isRequest = (message: JsonRpcMessage): message is Request =>
  message.method !== undefined && message.id !== undefined && message.id !== null;

/** From 2026-07-28 on each request names its revision; there is no handshake and no session. */
export const isModern = ({ params }: JsonRpcMessage) => typeof metaOf(params)[PROTOCOL_VERSION] === 'string';

/** The id of the request whose subscription a notification belongs to. */
export const subscriptionOf = ({ params }: JsonRpcMessage) =>
  metaOf(params)[SUBSCRIPTION_ID] as Request['id'] | undefined;

export const failed = (id: JsonRpcMessage['id'], message: string, code = -32000): JsonRpcMessage => ({
  jsonrpc: '2.0',
  id: id ?? null,
  error: { code, message },
});

/** Parses a line: one message, a batch, or undefined for anything else. */
export function messagesIn(line: string): JsonRpcMessage[] | undefined {
  try {
    const messages = [JSON.parse(line)].flat();
    return messages.every((each) => each !== null && typeof each === 'object') ? messages : undefined;
  } catch {
    return undefined;
  }
}

const metaOf = (params: JsonRpcMessage['params']) => (params?._meta ?? {}) as Readonly<Record<string, unknown>>;
