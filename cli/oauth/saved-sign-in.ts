/** How the user signed in, which determines how tokens are renewed. */
export type SignInMethod = 'browser' | 'machine' | 'token';

/** The stored data of a sign-in at one server. */
export interface SavedSignIn {
  readonly server: string;
  readonly way: SignInMethod;
  readonly access_token: string;
  readonly refresh_token?: string;
  /** Milliseconds since the epoch; undefined if the server did not say. */
  readonly expires_at?: number;
  readonly scope?: string;
  readonly client?: { readonly client_id: string; readonly client_secret?: string };
  readonly resource?: string;
  readonly issuer?: string;
  readonly token_endpoint?: string;
  readonly revocation_endpoint?: string;
}

/** The fields of a token response (RFC 6749 section 5.1). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly expires_in?: number;
  readonly scope?: string;
}

/** The grant with its new tokens. If the server sends no new refresh token, the old one remains valid. */
export const withTokens = (
  grant: Omit<SavedSignIn, 'access_token'>,
  tokens: TokenAnswer,
  now = Date.now(),
): SavedSignIn => ({
  ...grant,
  access_token: tokens.access_token,
  refresh_token: tokens.refresh_token ?? grant.refresh_token,
  expires_at: tokens.expires_in === undefined ? undefined : now + tokens.expires_in * 1_000,
  scope: tokens.scope ?? grant.scope,
});
