/** A message of JSON-RPC 2.0, as far as a bridge has to look into it. */
export interface Message {
  readonly jsonrpc: '2.0';
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface Request extends Message {
  readonly id: string | number;
  readonly method: string;
}

const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

export const isRequest = (message: Message): message is Request =>
  message.method !== undefined && message.id !== undefined && message.id !== null;

/** From 2026-07-28 on every request says its revision; there is no handshake and no session. */
export const isModern = ({ params }: Message) => typeof metaOf(params)[PROTOCOL_VERSION] === 'string';

/** The request whose subscription a notification belongs to. */
export const subscriptionOf = ({ params }: Message) => metaOf(params)[SUBSCRIPTION_ID] as Request['id'] | undefined;

export const failed = (id: Message['id'], message: string, code = -32000): Message => ({
  jsonrpc: '2.0',
  id: id ?? null,
  error: { code, message },
});

/** Reads one line: a message, a batch of them, or undefined for what is neither. */
export function messagesIn(line: string): Message[] | undefined {
  try {
    const messages = [JSON.parse(line)].flat();
    return messages.every((each) => each !== null && typeof each === 'object') ? messages : undefined;
  } catch {
    return undefined;
  }
}

const metaOf = (params: Message['params']) => (params?._meta ?? {}) as Readonly<Record<string, unknown>>;
