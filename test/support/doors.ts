import { Client, InsufficientScopeError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { DomainError, type Problem, toProblem } from '../../src/kernel/errors.js';
import { signIn } from './oauth.js';
import { publishedSurface } from './published-surface.js';

/** Somebody signed in, and the way they ask for things. */
export interface Person extends AsyncDisposable {
  readonly name: string;
  readonly token: string;
  /** Answers with the operation's view, which fits its published schema, or throws a Refusal. */
  // biome-ignore lint/suspicious/noExplicitAny: a story knows what it asked for
  call(operation: string, input?: object): Promise<any>;
  close(): Promise<void>;
}

/** Signs a new guest in, or goes in with a token that is there already. */
export type Door = (server: { readonly url: string }, name: string, token?: string) => Promise<Person>;

/** What a door answers when it will not: the fields of the problem, on an error with a stack. */
export class RefusedError extends Error {
  override readonly name = 'Refusal';
  readonly code!: string;
  readonly status!: number;
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.detail ?? problem.title}`);
    Object.assign(this, problem);
  }
}

/** Both doors, for `describe.each`. Every story runs at both. */
export const DOORS: [string, Door][] = [
  ['REST', restDoor],
  ['MCP', mcpDoor],
];

/** Picks the refusals with a code out of what `Promise.allSettled` answers. */
export const rejectedWith = (code: string) => (result: PromiseSettledResult<unknown>) =>
  result.status === 'rejected' && result.reason.code === code;

async function restDoor({ url }: { readonly url: string }, name: string, given?: string): Promise<Person> {
  const token = given ?? (await signIn(url, name)).access_token;
  const surface = await publishedSurface(url);
  const authorization = `Bearer ${token}`;
  const call = async (operation: string, given: object = {}) => {
    const input = patient(operation, given);
    const response = surface.reads(operation)
      ? await fetch(`${url}/${operation}?${asQuery(input)}`, { headers: { authorization } })
      : await fetch(`${url}/${operation}`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(input),
        });
    const answer = await response.json();
    if (!response.ok) throw new RefusedError(answer as Problem);
    return surface.checked(operation, answer);
  };
  return person(name, token, call, async () => {});
}

/** The official client in the newest era: nothing stays open between two calls. */
async function mcpDoor({ url }: { readonly url: string }, name: string, given?: string): Promise<Person> {
  const token = given ?? (await signIn(url, name)).access_token;
  const client = new Client({ name, version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL('/mcp', url), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  );
  const surface = await publishedSurface(url);
  const call = async (operation: string, input: object = {}) => {
    const result = await client
      .callTool({ name: operation, arguments: { ...patient(operation, input) } }, { timeout: 65_000 })
      .catch(asRefusal);
    if (!result.isError) return surface.checked(operation, result.structuredContent);
    const [, problem] = result.content;
    throw new RefusedError(JSON.parse(problem?.type === 'text' ? problem.text : '{}'));
  };
  return person(name, token, call, () => client.close());
}

/** This revision has it as an HTTP answer of its own, of which the client tells the scopes only. */
function asRefusal(error: unknown): never {
  if (!(error instanceof InsufficientScopeError)) throw error;
  throw new RefusedError(toProblem(new DomainError('INSUFFICIENT_SCOPE', error.message)));
}

/** On a busy machine bots may take longer than the default wait. A wait ends when they have answered. */
const patient = (operation: string, input: object) =>
  WAIT_FOR_BOTS.includes(operation) ? { wait_ms: 30_000, ...input } : input;

const WAIT_FOR_BOTS = ['post_message', 'make_game_move', 'dm_bot'];

const person = (name: string, token: string, call: Person['call'], close: Person['close']): Person => ({
  name,
  token,
  call,
  close,
  [Symbol.asyncDispose]: close,
});

/** A query has no null: what is null is left out, and a list is its name again for each item. */
function asQuery(input: object): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    for (const item of [value].flat()) if (item !== null && item !== undefined) query.append(name, String(item));
  }
  return query;
}
