import { randomBytes } from 'node:crypto';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/client';
import { CliError } from '../server/cli-error.js';
import { reach } from '../server/reach.js';
import type { ServerProfile } from '../server/server-profile.js';
import { visible } from '../terminal/visible.js';
import { openBrowser } from './browser.js';
import { discover, type SignInPlace } from './discovery.js';
import { openLoopback } from './loopback.js';
import { type SavedSignIn, withTokens } from './saved-sign-in.js';

/** The port is not registered: a loopback redirect may use any port (RFC 8252 section 7.3). */
const REGISTERED_REDIRECT = 'http://127.0.0.1/callback';

export interface SignInOptions {
  /** The client name that the server and other members see. */
  readonly name: string;
  /** The scopes to request; default: all that the server offers. */
  readonly scope?: string;
  /** The URL of this client's metadata document, for servers that support such documents. */
  readonly clientMetadataUrl?: string;
  readonly opensBrowser: boolean;
  /** Shows the URL to open. */
  readonly show: (url: string, opened: boolean) => void;
  readonly signal: AbortSignal;
}

/** Signs a person in with the authorization code flow and PKCE. */
export async function signInByBrowser({ server }: ServerProfile, options: SignInOptions): Promise<SavedSignIn> {
  const { exchangeAuthorization, startAuthorization } = await import('@modelcontextprotocol/client');
  const at = await discover(server);
  const client = await identify(at, options);
  await using loopback = await openLoopback();
  const { redirectUri } = loopback;
  const state = randomBytes(24).toString('base64url');
  const asked = { metadata: at.metadata, clientInformation: client, resource: at.resource };
  const { authorizationUrl, codeVerifier } = await startAuthorization(at.issuer, {
    ...asked,
    redirectUrl: redirectUri,
    scope: options.scope ?? (at.scopes.join(' ') || undefined),
    state,
  }).catch(refused);
  const answered = loopback.answer(state, options.signal);
  options.show(authorizationUrl.href, options.opensBrowser && (await openBrowser(authorizationUrl.href)));
  const answer = await answered;
  const code = await codeOf(answer, at);
  const tokens: OAuthTokens = await exchangeAuthorization(at.issuer, {
    ...asked,
    authorizationCode: code,
    iss: answer.get('iss') ?? undefined,
    codeVerifier,
    redirectUri,
    fetchFn: reach,
  }).catch(refused);
  const { client_id, client_secret } = client;
  return withTokens({ ...signInFacts(server, at), way: 'browser', client: { client_id, client_secret } }, tokens);
}

/** The facts about the authorization server that are stored with a grant. */
export const signInFacts = (server: string, { issuer, resource, metadata }: SignInPlace) => ({
  server,
  issuer,
  resource,
  token_endpoint: metadata.token_endpoint,
  // A field of RFC 8414 that is missing in one of the SDK's two types.
  revocation_endpoint: (metadata as { revocation_endpoint?: string }).revocation_endpoint,
});

export async function register(at: SignInPlace, clientMetadata: Record<string, unknown>) {
  const { registerClient } = await import('@modelcontextprotocol/client');
  const { metadata } = at;
  return registerClient(at.issuer, { metadata, clientMetadata: clientMetadata as never, fetchFn: reach }).catch(
    refused,
  );
}

/** The client: by its metadata document if there is one and the server supports it, otherwise by registration. */
async function identify(at: SignInPlace, options: SignInOptions): Promise<OAuthClientInformationMixed> {
  const { clientMetadataUrl, name } = options;
  if (clientMetadataUrl && at.metadata.client_id_metadata_document_supported) return { client_id: clientMetadataUrl };
  return register(at, {
    client_name: name,
    application_type: 'native',
    redirect_uris: [REGISTERED_REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  });
}

async function codeOf(answer: URLSearchParams, { issuer, metadata }: SignInPlace): Promise<string> {
  const { validateAuthorizationResponseIssuer } = await import('@modelcontextprotocol/client');
  try {
    validateAuthorizationResponseIssuer({
      iss: answer.get('iss') ?? undefined,
      expectedIssuer: issuer,
      issParameterSupported: metadata.authorization_response_iss_parameter_supported === true,
    });
  } catch {
    throw new CliError('refused', 'WRONG_ISSUER', 'The answer came from a different authorization server.');
  }
  const error = answer.get('error');
  const code = answer.get('code');
  if (error !== null || !code) {
    const why = visible(answer.get('error_description') ?? 'The server gave no reason.');
    throw new CliError('refused', visible(error ?? 'no_code'), `The sign-in was not approved. ${why}`);
  }
  return code;
}

/** Converts an error of the authorization server, in OAuth's terms. */
function refused(error: unknown): never {
  if (error instanceof CliError) throw error;
  const { code, message } = error as { code?: unknown; message: string };
  throw new CliError('refused', typeof code === 'string' ? visible(code) : 'SIGN_IN_FAILED', visible(message));
}
