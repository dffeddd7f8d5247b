import { createHash, randomBytes } from 'node:crypto';
import { type ConnectorRequests, type HttpAnswer, objectIn, shown } from './connector-requests.js';
import { ExaminationError } from './examination.js';
import type { Issuer } from './issuer.js';
import type { ProtectedResource } from './resource.js';

const MAX_REDIRECTS = 4;

export interface RedeemedTokens {
  readonly access: string;
  readonly refresh: string;
}

/** Registers a public client (RFC 7591) and returns its id. */
export async function registerDoctor(
  connector: ConnectorRequests,
  endpoint: string,
  name: string,
  metadata: object,
): Promise<string> {
  const answer = await connector.post(endpoint, metadata);
  if (answer.status !== 201 && answer.status !== 200) {
    throw new ExaminationError(
      `${name} cannot register: the registration endpoint answers with ${answer.status}${reasonIn(answer)}.`,
      'Accept every client whose redirects are https or on a loopback host.',
    );
  }
  const { client_id, token_endpoint_auth_method: method = 'none' } = objectIn(answer);
  if (typeof client_id !== 'string')
    throw new ExaminationError('The answer to a registration has no client_id.', 'Add one.');
  if (method === 'none') return client_id;
  const fix = 'Support token_endpoint_auth_method "none".';
  throw new ExaminationError(
    `${name} registered as a client without a secret, but was registered with ${shown(method)}.`,
    fix,
  );
}

export interface AuthorizationAnswer {
  readonly name: string;
  readonly clientId: string;
  readonly redirect: string;
}

/** Requests a code. Returns the code and its PKCE verifier, or undefined if the server shows a page to the user. */
export async function authorize(
  connector: ConnectorRequests,
  at: Issuer,
  resource: ProtectedResource,
  { name, clientId, redirect }: AuthorizationAnswer,
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
  const back = await follow(connector, url.href, name, redirect);
  return back && { code: codeIn(back, state, at), verifier };
}

/** The redirect target; undefined if a page is shown. */
async function follow(
  connector: ConnectorRequests,
  from: string,
  name: string,
  redirect: string,
): Promise<URL | undefined> {
  let url = from;
  for (let i = 0; i < MAX_REDIRECTS; i++) {
    const answer = await connector.ask(url, { headers: { accept: 'text/html' } });
    if (answer.status === 200) return undefined;
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || !location || !URL.canParse(location, url)) {
      throw new ExaminationError(
        `The authorization endpoint answers ${name} with ${answer.status}${reasonIn(answer)}.`,
        `Accept ${name} with its own redirect, ${redirect}.`,
      );
    }
    const next = new URL(location, url);
    if (next.href.startsWith(redirect)) return next;
    url = next.href;
  }
  throw new ExaminationError(
    `The authorization endpoint redirects ${name} in a loop.`,
    'Show a page, or redirect back to the client.',
  );
}

function codeIn({ searchParams }: URL, state: string, { issuer, namesItself }: Issuer): string {
  const error = searchParams.get('error');
  if (error !== null) {
    const why = shown(searchParams.get('error_description') ?? '');
    throw new ExaminationError(
      `The sign-in returns the error ${shown(error)}. ${why}`.trim(),
      'Check the log of the server.',
    );
  }
  if (searchParams.get('state') !== state) {
    throw new ExaminationError(
      'The sign-in returns without the state that it was given.',
      'Return the state unchanged.',
    );
  }
  const iss = searchParams.get('iss');
  if ((iss === null && namesItself) || (iss !== null && iss !== issuer)) {
    const fix = `Send iss=${issuer} with every answer, as the metadata promises.`;
    throw new ExaminationError(`The sign-in returns with the issuer ${shown(iss ?? 'nothing')}.`, fix);
  }
  const code = searchParams.get('code');
  if (!code) throw new ExaminationError('The sign-in returns without a code.', 'Add one.');
  return code;
}

export async function redeem(
  connector: ConnectorRequests,
  at: Issuer,
  form: Record<string, string>,
  what: string,
): Promise<RedeemedTokens> {
  const answer = await connector.form(at.tokenEndpoint, form);
  if (answer.status !== 200) {
    const fix = 'Check the log of the server: every connector sends exactly this request.';
    throw new ExaminationError(`The token endpoint refuses ${what}: ${answer.status}${reasonIn(answer)}.`, fix);
  }
  const { access_token: access, refresh_token: refresh, token_type: type } = objectIn(answer);
  if (typeof access !== 'string' || String(type).toLowerCase() !== 'bearer') {
    throw new ExaminationError(
      'The token endpoint answers without an access_token of type Bearer.',
      'Answer as RFC 6749 says.',
    );
  }
  if (typeof refresh === 'string') return { access, refresh };
  throw new ExaminationError(
    'There is no refresh token, so people have to sign in again each time the token expires.',
    'Issue a refresh token to every client that registers for the grant refresh_token.',
  );
}

function reasonIn(answer: HttpAnswer): string {
  try {
    const { error, error_description: why, detail } = objectIn(answer);
    return error || detail ? ` (${[error, why ?? detail].filter(Boolean).map(shown).join(': ')})` : '';
  } catch {
    return '';
  }
}
