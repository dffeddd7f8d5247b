import { CliError } from '../server/cli-error.js';
import { reach } from '../server/reach.js';
import { visible } from '../terminal/visible.js';
import type { SavedSignIn, TokenAnswer } from './saved-sign-in.js';

const TIMEOUT_MS = 20_000;

/** The authorization server refused the request; repeating it is useless. */
export class TokenRefusedError extends CliError {
  constructor(code: string, description: string) {
    super('refused', code, description);
  }
}

type Asker = Pick<SavedSignIn, 'server' | 'client' | 'token_endpoint'>;

/** Calls the token endpoint as the client of the grant. Undefined fields are omitted. */
export async function requestTokens(
  { server, client, token_endpoint }: Asker,
  asked: Record<string, string | undefined>,
): Promise<TokenAnswer> {
  const form = { ...asked, client_id: client?.client_id, client_secret: client?.client_secret };
  const response = await reach(token_endpoint ?? `${server}/token`, {
    method: 'POST',
    body: formOf(form),
    timeoutMs: TIMEOUT_MS,
  });
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok && typeof body.access_token === 'string') return body as unknown as TokenAnswer;
  if (response.status >= 500 || response.status === 429) {
    const wait = 'Try again in a moment.';
    throw new CliError('unreachable', 'UNREACHABLE', `The token endpoint answered with ${response.status}.`, wait);
  }
  throw new TokenRefusedError(
    word(body.error, 'invalid_token_answer'),
    word(body.error_description, 'The server issued no token.'),
  );
}

export const formOf = (fields: Record<string, string | undefined>) =>
  new URLSearchParams(Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined));

const word = (value: unknown, otherwise: string) => (typeof value === 'string' ? visible(value) : otherwise);
