import { createHash, randomBytes } from 'node:crypto';

/** What a signed-in test client holds. */
export interface SignedIn {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly client_id: string;
  readonly redirect_uri: string;
}

export const LOOPBACK_REDIRECT = 'http://127.0.0.1:53682/callback';

/** A guest of its own, the way a desktop assistant gets in: registers as a public client, authorizes with PKCE, redeems. */
export async function signIn(url: string, name: string): Promise<SignedIn> {
  const { client_id } = await register(url, {
    client_name: name,
    redirect_uris: [LOOPBACK_REDIRECT],
    token_endpoint_auth_method: 'none',
  });
  const { verifier, challenge } = pkce();
  const back = await authorize(url, { client_id, code_challenge: challenge });
  const response = await token(url, {
    grant_type: 'authorization_code',
    code: back.get('code') ?? '',
    code_verifier: verifier,
    redirect_uri: LOOPBACK_REDIRECT,
    client_id,
  });
  if (response.status !== 200) throw new Error(`no token for ${name}: ${response.status} ${await response.text()}`);
  return { ...((await response.json()) as SignedIn), client_id, redirect_uri: LOOPBACK_REDIRECT };
}

/** The header of a signed-in client. */
export const bearer = ({ access_token }: { access_token: string }) => ({ authorization: `Bearer ${access_token}` });

export function pkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export interface Registered {
  readonly client_id: string;
  readonly client_secret?: string;
  readonly [field: string]: unknown;
}

/** Registers a client and answers with what the server said about it. */
export async function register(url: string, metadata: object): Promise<Registered> {
  const response = await postJson(`${url}/register`, metadata);
  if (response.status !== 201) throw new Error(`not registered: ${response.status} ${await response.text()}`);
  return (await response.json()) as Registered;
}

/** Asks for a code as a browser would, without following the redirect. Every parameter can be replaced, or left out with undefined. */
export function visitAuthorize(url: string, parameters: Record<string, string | undefined>): Promise<Response> {
  const all = {
    response_type: 'code',
    redirect_uri: LOOPBACK_REDIRECT,
    code_challenge_method: 'S256',
    state: 'st8',
    ...parameters,
  };
  const query = new URLSearchParams(
    Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  return fetch(`${url}/oauth/authorize?${query}`, { redirect: 'manual' });
}

/** What the redirect after an authorization brought back. */
export async function authorize(url: string, parameters: Record<string, string | undefined>): Promise<URLSearchParams> {
  const response = await visitAuthorize(url, parameters);
  const location = response.headers.get('location');
  if (!location) throw new Error(`no redirect: ${response.status} ${await response.text()}`);
  return new URL(location).searchParams;
}

/** Posts a form to the token endpoint. */
export const token = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  postForm(`${url}/token`, form, headers);

export const postForm = (address: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(address, { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' });

export const postJson = (address: string, body: unknown) =>
  fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** The Authorization header of a confidential client. */
export const basic = ({ client_id, client_secret = '' }: Registered) => ({
  authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
});
