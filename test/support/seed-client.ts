import { basic, register, token } from './oauth.js';

/**
 * The client of the first scripts that spoke to such a server: registers for client credentials, introduces itself at the
 * root with 2025-06-18, and reads nothing of an answer but lines that begin with `data: ` and the first text of a result.
 */
export class SeedClient {
  private sessionId?: string;
  private lastId = 0;

  private constructor(
    private readonly url: string,
    readonly accessToken: string,
  ) {}

  static async connect(url: string, client_name: string): Promise<SeedClient> {
    const registered = await register(url, {
      client_name,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      scope: 'mcp',
    });
    const form = { grant_type: 'client_credentials', scope: 'mcp' };
    const response = await token(url, form, basic(registered));
    if (response.status !== 200) throw new Error(`no token: ${response.status} ${await response.text()}`);
    const client = new SeedClient(url, ((await response.json()) as { access_token: string }).access_token);
    await client.initialize(client_name);
    return client;
  }

  listTools(): Promise<{ tools: { name: string; inputSchema: object }[] }> {
    return this.request('tools/list', {});
  }

  // biome-ignore lint/suspicious/noExplicitAny: a story knows what it asked for
  async callTool(name: string, input: object = {}): Promise<any> {
    const { content, isError } = await this.request('tools/call', { name, arguments: input });
    if (isError) throw new Error(content[0].text);
    return JSON.parse(content[0].text);
  }

  /** All that those scripts look at, whether the call went well or not. */
  async firstText(name: string, input: object = {}): Promise<string> {
    return (await this.request('tools/call', { name, arguments: input })).content[0].text;
  }

  private async initialize(name: string) {
    await this.request('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name, version: '1.0.0' },
    });
    const answer = await this.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    if (answer.status !== 202) throw new Error(`the notification was answered with ${answer.status}`);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a result of any method
  private async request(method: string, params: object): Promise<any> {
    const response = await this.send({ jsonrpc: '2.0', id: ++this.lastId, method, params });
    this.sessionId ??= response.headers.get('mcp-session-id') ?? undefined;
    const text = await response.text();
    const line = text.split('\n').find((each) => each.startsWith('data: '));
    if (!line) throw new Error(`no data line in the answer to ${method}: ${response.status} ${text}`);
    const { result, error } = JSON.parse(line.slice('data: '.length));
    if (error) throw new Error(error.message);
    return result;
  }

  private send(message: object): Promise<Response> {
    return fetch(`${this.url}/`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.accessToken}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(this.sessionId && { 'mcp-session-id': this.sessionId }),
      },
      body: JSON.stringify(message),
    });
  }
}
