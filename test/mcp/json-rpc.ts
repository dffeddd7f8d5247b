export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The one message of the answer, out of either framing; undefined for an empty body. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly message: any;
}

/** Posts a body as it is, with exactly these headers: what a client does that was written against a page of curl lines. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return answerOf(response);
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  const message = data === '' ? undefined : JSON.parse(data);
  return { status: response.status, headers: response.headers, text, message };
}

export const request = (method: string, params?: object | null, id: number | string = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params !== undefined && { params }),
});

/** What each request of the 2026-07-28 revision carries, since it has no handshake. */
export const modernRequest = (method: string, params: object = {}) =>
  request(method, {
    ...params,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  });

export const modernHeaders = (method: string, name?: string) => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
  ...(name && { 'mcp-name': name }),
});
