/** The errors of the OAuth endpoints: the codes are from the RFCs, the texts are ours. */
export const OAUTH_ERRORS = {
  access_denied: { status: 403, description: 'The request was declined.' },
  invalid_client: { status: 401, description: 'The client is unknown or its secret is wrong. Register again.' },
  invalid_client_metadata: { status: 400, description: 'The client metadata cannot be used.' },
  invalid_grant: { status: 400, description: 'The code or refresh token is unknown, expired, used or not yours.' },
  invalid_redirect_uri: {
    status: 400,
    description: 'A redirect URI must be https, http on a loopback host, or an app scheme, without a fragment.',
  },
  invalid_request: { status: 400, description: 'A parameter is missing, malformed or repeated.' },
  invalid_scope: { status: 400, description: 'The scope is malformed or more than was granted.' },
  invalid_target: { status: 400, description: 'The resource is not served here or not the one that was approved.' },
  temporarily_unavailable: { status: 503, description: 'This is not possible at the moment. Try again later.' },
  unauthorized_client: { status: 400, description: 'The client did not register for this grant type.' },
  unsupported_grant_type: {
    status: 400,
    description: 'The grant types are authorization_code, refresh_token and client_credentials.',
  },
  unsupported_response_type: { status: 400, description: 'The response type is code.' },
} as const satisfies Record<string, { status: number; description: string }>;

export type OauthErrorCode = keyof typeof OAUTH_ERRORS;

/** An OAuth error. A filter or a redirect converts it to a response. */
export class OauthError extends Error {
  override readonly name = 'OauthFailure';
  readonly status: number;
  readonly body: { readonly error: OauthErrorCode; readonly error_description: string };

  /** Too many requests: the client may try again after this many seconds. */
  static tooOften(retryAfterS = 1) {
    const description = 'Too many requests. Wait as many seconds as Retry-After says.';
    return new OauthError('temporarily_unavailable', description, retryAfterS);
  }

  constructor(
    readonly error: OauthErrorCode,
    description: string = OAUTH_ERRORS[error].description,
    readonly retryAfterS?: number,
  ) {
    super(error);
    this.status = retryAfterS === undefined ? OAUTH_ERRORS[error].status : 429;
    this.body = { error, error_description: description };
  }
}

export const isOauthErrorCode = (name: string): name is OauthErrorCode => Object.hasOwn(OAUTH_ERRORS, name);
