import type { Access } from './credentials/access.js';
import { Failure } from './failure.js';
import { type Ask, reach } from './reach.js';
import { visible } from './terminal/visible.js';

/** The longest that an operation waits, and a little. */
const PATIENCE_MS = 70_000;

/** The REST door of a server, as somebody who is signed in there. */
export class Server {
  constructor(
    readonly origin: string,
    private readonly access: Access,
    private readonly signal: AbortSignal,
  ) {}

  /** Asks for an operation that only reads. */
  // biome-ignore lint/suspicious/noExplicitAny: the caller knows the view of the operation it names
  async read(operation: string, input: Record<string, string | number | undefined> = {}): Promise<any> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(input)) if (value !== undefined) query.append(name, String(value));
    return (await this.request(`/${operation}?${query}`)).json();
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller knows the view of the operation it names
  async call(operation: string, input: object): Promise<any> {
    const headers = { 'content-type': 'application/json' };
    return (await this.request(`/${operation}`, { method: 'POST', headers, body: JSON.stringify(input) })).json();
  }

  /** An answer that is a success. A token that the server no longer takes is refreshed once. */
  async request(path: string, ask: Ask = {}): Promise<Response> {
    const token = await this.access.token();
    const first = await this.ask(path, ask, token);
    const response = first.status === 401 ? await this.ask(path, ask, await this.access.renew(token)) : first;
    if (response.ok) return response;
    if (response.status === 401) throw this.access.ended();
    throw await refusalOf(response);
  }

  private ask(path: string, ask: Ask, token: string) {
    const headers = { ...ask.headers, authorization: `Bearer ${token}` };
    return reach(`${this.origin}${path}`, { patienceMs: PATIENCE_MS, signal: this.signal, ...ask, headers });
  }
}

/** The problem of an answer that is none of the successes. */
export async function refusalOf(response: Response): Promise<Failure> {
  const body = await response.text();
  try {
    const { code, title, detail, fix } = JSON.parse(body) as Record<string, unknown>;
    if (typeof code !== 'string' || typeof title !== 'string') throw new Error('no problem');
    const message = typeof detail === 'string' ? `${title}: ${detail}` : title;
    return new Failure('refused', visible(code), visible(message), typeof fix === 'string' ? visible(fix) : undefined);
  } catch {
    return new Failure(
      'refused',
      `HTTP_${response.status}`,
      `The server answered with ${response.status} and no reason.`,
      'Check that the address is a Parley server: parley doctor says more.',
    );
  }
}
