import type { SavedTokens } from '../credentials/saved-tokens.js';
import { CliError, type CliErrorFacts } from '../server/cli-error.js';
import { type Ask, reach } from '../server/reach.js';
import { visible } from '../terminal/visible.js';

/** Slightly more than the longest wait of an operation. */
const TIMEOUT_MS = 70_000;

/** The REST API of a server, as the signed-in user. */
export class Server {
  constructor(
    readonly origin: string,
    private readonly access: SavedTokens,
    private readonly signal: AbortSignal,
  ) {}

  /** Calls a read operation (GET). */
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

  /** A successful response. An expired token is refreshed once. */
  async request(path: string, ask: Ask = {}): Promise<Response> {
    const token = await this.access.token();
    const first = await this.ask(path, ask, token);
    const response = first.status === 401 ? await this.ask(path, ask, await this.access.renew(token)) : first;
    if (response.ok) return response;
    if (response.status === 401) throw this.access.signInEnded();
    throw await serverRefusalOf(response);
  }

  private ask(path: string, ask: Ask, token: string) {
    const headers = { ...ask.headers, authorization: `Bearer ${token}` };
    return reach(`${this.origin}${path}`, { timeoutMs: TIMEOUT_MS, signal: this.signal, ...ask, headers });
  }
}

/** Fields that other lines already show, or that do not help the user. */
const SHOWN_ELSEWHERE = ['type', 'status', 'instance', 'issues'];

/** The extra fields of a problem, such as a module, a list of allowed values, or candidates. */
function factsOf(code: string, rest: Record<string, unknown>): CliErrorFacts {
  // The request id is useful only for an internal error, which the user may report.
  const skipped = code === 'INTERNAL_ERROR' ? SHOWN_ELSEWHERE : [...SHOWN_ELSEWHERE, 'request_id'];
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !skipped.includes(name)));
}

/** The error of an unsuccessful response. */
export async function serverRefusalOf(response: Response): Promise<CliError> {
  const body = await response.text();
  try {
    const { code, title, detail, fix, ...rest } = JSON.parse(body) as Record<string, unknown>;
    if (typeof code !== 'string' || typeof title !== 'string') throw new Error('no problem');
    const message = typeof detail === 'string' ? `${title}: ${detail}` : title;
    const next = typeof fix === 'string' ? visible(fix) : undefined;
    return new CliError('refused', visible(code), visible(message), next, factsOf(code, rest));
  } catch {
    return new CliError(
      'refused',
      `HTTP_${response.status}`,
      `The server answered with ${response.status} without a reason.`,
      'Check that the address is a Parley server. parley doctor shows more.',
    );
  }
}
