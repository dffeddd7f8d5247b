/** How somebody got in, and so how they stay. */
export type Way = 'browser' | 'machine' | 'token';

/** What is remembered of a sign-in at one server. */
export interface Grant {
  readonly server: string;
  readonly way: Way;
  readonly access_token: string;
  readonly refresh_token?: string;
  /** Milliseconds since the epoch; absent where the server did not say. */
  readonly expires_at?: number;
  readonly scope?: string;
  readonly client?: { readonly client_id: string; readonly client_secret?: string };
  readonly resource?: string;
  readonly issuer?: string;
  readonly token_endpoint?: string;
  readonly revocation_endpoint?: string;
}

/** The fields of a token answer (RFC 6749 section 5.1). */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly expires_in?: number;
  readonly scope?: string;
}

/** The grant with its next tokens. A server that sends no new refresh token lets the old one live on. */
export const withTokens = (grant: Omit<Grant, 'access_token'>, tokens: Tokens, now = Date.now()): Grant => ({
  ...grant,
  access_token: tokens.access_token,
  refresh_token: tokens.refresh_token ?? grant.refresh_token,
  expires_at: tokens.expires_in === undefined ? undefined : now + tokens.expires_in * 1_000,
  scope: tokens.scope ?? grant.scope,
});
