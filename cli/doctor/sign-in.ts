import { createHash, randomBytes } from 'node:crypto';
import { type Answer, type Asker, objectIn, shown } from './asker.js';
import { Wrong } from './examination.js';
import type { Issuer } from './issuer.js';
import type { ProtectedResource } from './resource.js';

const MOST_REDIRECTS = 4;

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

/** Registers a client that has no secret (RFC 7591), and answers with its id. */
export async function register(asker: Asker, endpoint: string, name: string, metadata: object): Promise<string> {
  const answer = await asker.post(endpoint, metadata);
  if (answer.status !== 201 && answer.status !== 200) {
    throw new Wrong(
      `${name} cannot register: the registration endpoint answers with ${answer.status}${reasonIn(answer)}.`,
      'Register every client whose redirects are https or on a loopback host.',
    );
  }
  const { client_id, token_endpoint_auth_method: method = 'none' } = objectIn(answer);
  if (typeof client_id !== 'string') throw new Wrong('A registration is answered without a client_id.', 'Send one.');
  if (method === 'none') return client_id;
  const fix = 'Take token_endpoint_auth_method "none" when it is asked for.';
  throw new Wrong(`${name} asked to be a client without a secret and was made one with ${shown(method)}.`, fix);
}

export interface Asked {
  readonly name: string;
  readonly clientId: string;
  readonly redirect: string;
}

/** Asks for a code, up to the first page for a person. The code and its verifier, or undefined where there is such a page. */
export async function authorize(
  asker: Asker,
  at: Issuer,
  resource: ProtectedResource,
  { name, clientId, redirect }: Asked,
) {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(12).toString('base64url');
  const url = new URL(at.authorizationEndpoint);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirect,
    state,
    scope: resource.scopes.join(' '),
    resource: resource.resource,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  for (const [field, value] of Object.entries(parameters)) if (value) url.searchParams.set(field, value);
  const back = await follow(asker, url.href, name, redirect);
  return back && { code: codeIn(back, state, at), verifier };
}

/** The address it comes back with; undefined where a page is shown. */
async function follow(asker: Asker, from: string, name: string, redirect: string): Promise<URL | undefined> {
  let url = from;
  for (let i = 0; i < MOST_REDIRECTS; i++) {
    const answer = await asker.ask(url, { headers: { accept: 'text/html' } });
    if (answer.status === 200) return undefined;
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || !location || !URL.canParse(location, url)) {
      throw new Wrong(
        `The authorization endpoint answers ${name} with ${answer.status}${reasonIn(answer)}.`,
        `Let ${name} in with its own redirect, ${redirect}.`,
      );
    }
    const next = new URL(location, url);
    if (next.href.startsWith(redirect)) return next;
    url = next.href;
  }
  throw new Wrong(`The authorization endpoint sends ${name} in circles.`, 'Show a page, or go back to the client.');
}

function codeIn({ searchParams }: URL, state: string, { issuer, namesItself }: Issuer): string {
  const error = searchParams.get('error');
  if (error !== null) {
    const why = shown(searchParams.get('error_description') ?? '');
    throw new Wrong(
      `The sign-in comes back with the error ${shown(error)}. ${why}`.trim(),
      'Look into the log of the server.',
    );
  }
  if (searchParams.get('state') !== state) {
    throw new Wrong('The sign-in comes back without the state it was given.', 'Hand the state back as it came.');
  }
  const iss = searchParams.get('iss');
  if ((iss === null && namesItself) || (iss !== null && iss !== issuer)) {
    const fix = `Send iss=${issuer} with every answer, as the metadata promises.`;
    throw new Wrong(`The sign-in comes back from the issuer ${shown(iss ?? 'nobody')}.`, fix);
  }
  const code = searchParams.get('code');
  if (!code) throw new Wrong('The sign-in comes back without a code.', 'Send one.');
  return code;
}

export async function redeem(asker: Asker, at: Issuer, form: Record<string, string>, what: string): Promise<Tokens> {
  const answer = await asker.form(at.tokenEndpoint, form);
  if (answer.status !== 200) {
    const fix = 'Look into the log of the server: every connector sends exactly this.';
    throw new Wrong(`The token endpoint refuses ${what}: ${answer.status}${reasonIn(answer)}.`, fix);
  }
  const { access_token: access, refresh_token: refresh, token_type: type } = objectIn(answer);
  if (typeof access !== 'string' || String(type).toLowerCase() !== 'bearer') {
    throw new Wrong('The token endpoint answers without an access_token of type Bearer.', 'Answer as RFC 6749 says.');
  }
  if (typeof refresh === 'string') return { access, refresh };
  throw new Wrong(
    'There is no refresh token, so people have to sign in again whenever the token is over.',
    'Give a refresh token to every client that registers for the grant refresh_token.',
  );
}

function reasonIn(answer: Answer): string {
  try {
    const { error, error_description: why, detail } = objectIn(answer);
    return error || detail ? ` (${[error, why ?? detail].filter(Boolean).map(shown).join(': ')})` : '';
  } catch {
    return '';
  }
}
