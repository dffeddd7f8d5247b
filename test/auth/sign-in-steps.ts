import { authorize, LOOPBACK_REDIRECT, pkce, type Registered, register } from '../support/oauth.js';

export interface Approved {
  readonly client: Registered;
  readonly code: string;
  readonly verifier: string;
  /** What redeems the code. */
  readonly form: Record<string, string>;
}

/** A client that was approved and has not redeemed its code yet. */
export async function approved(
  url: string,
  metadata: object = PUBLIC,
  asked: Record<string, string> = {},
): Promise<Approved> {
  const client = await register(url, { client_name: 'Desk', redirect_uris: [LOOPBACK_REDIRECT], ...metadata });
  const { verifier, challenge } = pkce();
  const back = await authorize(url, { client_id: client.client_id, code_challenge: challenge, ...asked });
  const code = back.get('code') ?? '';
  const form = {
    grant_type: 'authorization_code',
    client_id: client.client_id,
    code,
    code_verifier: verifier,
    redirect_uri: LOOPBACK_REDIRECT,
  };
  return { client, code, verifier, form };
}

export const PUBLIC = { token_endpoint_auth_method: 'none' };
export const CONFIDENTIAL = { token_endpoint_auth_method: 'client_secret_post' };

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
  readonly expires_in: number;
}
export const tokensOf = async (response: Response) => (await response.json()) as Tokens;
