/** A JSON-RPC error of the door itself. Its id is null, because the request could not be read. */
export const refusal = (code: number, message: string) => ({ jsonrpc: '2.0', error: { code, message }, id: null });

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The messages of a body, which may be one message, a batch, or anything else. */
export const messagesOf = (body: unknown): Message[] =>
  [body].flat().filter((message): message is Message => message !== null && typeof message === 'object');
