/** What the door itself refuses, before the SDK is asked. The id is null: no request could be told apart. */
export const refusal = (code: number, message: string) => ({ jsonrpc: '2.0', error: { code, message }, id: null });

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The messages of a body that may be one, a batch, or anything at all. */
export const messagesOf = (body: unknown): Message[] =>
  [body].flat().filter((message): message is Message => message !== null && typeof message === 'object');
