import type { Grant, Tokens } from '../credentials/grant.js';
import { Failure } from '../failure.js';
import { reach } from '../reach.js';
import { visible } from '../terminal/visible.js';

const PATIENCE_MS = 20_000;

/** The authorization server has looked and said no: asking again changes nothing. */
export class TokenRefusal extends Failure {
  constructor(code: string, description: string) {
    super('refused', code, description);
  }
}

type Asker = Pick<Grant, 'server' | 'client' | 'token_endpoint'>;

/** Asks the token endpoint, as the client that the grant belongs to. Fields that are undefined are left out. */
export async function requestTokens(
  { server, client, token_endpoint }: Asker,
  asked: Record<string, string | undefined>,
): Promise<Tokens> {
  const form = { ...asked, client_id: client?.client_id, client_secret: client?.client_secret };
  const response = await reach(token_endpoint ?? `${server}/token`, {
    method: 'POST',
    body: formOf(form),
    patienceMs: PATIENCE_MS,
  });
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok && typeof body.access_token === 'string') return body as unknown as Tokens;
  if (response.status >= 500 || response.status === 429) {
    const wait = 'Try again in a moment.';
    throw new Failure('unreachable', 'UNREACHABLE', `The token endpoint answered with ${response.status}.`, wait);
  }
  throw new TokenRefusal(word(body.error, 'invalid_token_answer'), word(body.error_description, 'No token was given.'));
}

export const formOf = (fields: Record<string, string | undefined>) =>
  new URLSearchParams(Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined));

const word = (value: unknown, otherwise: string) => (typeof value === 'string' ? visible(value) : otherwise);
