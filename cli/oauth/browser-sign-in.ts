import { randomBytes } from 'node:crypto';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/client';
import { type Grant, withTokens } from '../credentials/grant.js';
import { Failure } from '../failure.js';
import type { Place } from '../place.js';
import { reach } from '../reach.js';
import { visible } from '../terminal/visible.js';
import { openBrowser } from './browser.js';
import { discover, type SignInPlace } from './discovery.js';
import { openLoopback } from './loopback.js';

/** Any port of this machine belongs to the same app (RFC 8252 section 7.3), so none is registered. */
const REGISTERED_REDIRECT = 'http://127.0.0.1/callback';

export interface SignInOptions {
  /** What the server and other members are told this is. */
  readonly name: string;
  /** The scopes to ask for; left out: all that the server offers. */
  readonly scope?: string;
  /** Where the metadata of this client is published, for servers that read such documents instead of registering. */
  readonly clientMetadataUrl?: string;
  readonly opensBrowser: boolean;
  /** Shows the page to go to. */
  readonly show: (url: string, opened: boolean) => void;
  readonly signal: AbortSignal;
}

/** Signs a person in: the authorization code flow with PKCE, through whatever pages the server shows in between. */
export async function signInByBrowser({ server }: Place, options: SignInOptions): Promise<Grant> {
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
  return withTokens({ ...facts(server, at), way: 'browser', client: { client_id, client_secret } }, tokens);
}

/** What a grant remembers of the place it came from. */
export const facts = (server: string, { issuer, resource, metadata }: SignInPlace) => ({
  server,
  issuer,
  resource,
  token_endpoint: metadata.token_endpoint,
  // In RFC 8414 metadata; the other form that the SDK reads has it as a field it does not know.
  revocation_endpoint: (metadata as { revocation_endpoint?: string }).revocation_endpoint,
});

export async function register(at: SignInPlace, clientMetadata: Record<string, unknown>) {
  const { registerClient } = await import('@modelcontextprotocol/client');
  const { metadata } = at;
  return registerClient(at.issuer, { metadata, clientMetadata: clientMetadata as never, fetchFn: reach }).catch(
    refused,
  );
}

/** By a published document where there is one and the server reads them, else by registering. */
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
    throw new Failure('refused', 'WRONG_ISSUER', 'The answer came from another authorization server than was asked.');
  }
  const error = answer.get('error');
  const code = answer.get('code');
  if (error !== null || !code) {
    const why = visible(answer.get('error_description') ?? 'The server gave no reason.');
    throw new Failure('refused', visible(error ?? 'no_code'), `The sign-in was not approved. ${why}`);
  }
  return code;
}

/** What the authorization server refused with, in OAuth's words. */
function refused(error: unknown): never {
  if (error instanceof Failure) throw error;
  const { code, message } = error as { code?: unknown; message: string };
  throw new Failure('refused', typeof code === 'string' ? visible(code) : 'SIGN_IN_FAILED', visible(message));
}
