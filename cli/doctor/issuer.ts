import { assertNoRedirect, type ConnectorRequests, type HttpAnswer, objectIn, shown } from './connector-requests.js';
import { ExaminationError } from './examination.js';

/** The authorization server metadata (RFC 8414) that connectors need. */
export interface Issuer {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly registrationEndpoint?: string;
  readonly revocationEndpoint?: string;
  /** Whether client ids may be URLs of metadata documents. */
  readonly readsDocuments: boolean;
  readonly namesItself: boolean;
}

export async function readIssuer(
  connector: ConnectorRequests,
  named: string,
  note: (sentence: string) => void,
): Promise<Issuer> {
  const metadata = objectIn(await findMetadata(connector, named));
  const { issuer } = metadata;
  if (issuer !== named) {
    throw new ExaminationError(
      `The resource names the authorization server ${shown(named)}, but its own metadata says ${shown(issuer ?? 'nothing')}.`,
      'Use exactly the same issuer in both, including the last slash: clients compare the text.',
    );
  }
  const endpoint = (name: string) => endpointIn(metadata, name);
  const authorizationEndpoint = endpoint('authorization_endpoint') ?? missing('authorization_endpoint');
  const tokenEndpoint = endpoint('token_endpoint') ?? missing('token_endpoint');
  assertTakesConnectors(metadata);
  if (!isAmong(metadata, 'grant_types_supported', 'refresh_token'))
    note('refresh_token is not a grant type, so people have to sign in often.');
  const readsDocuments = metadata.client_id_metadata_document_supported === true;
  const registrationEndpoint = endpoint('registration_endpoint');
  if (!readsDocuments && !registrationEndpoint) {
    throw new ExaminationError(
      'No client can connect: there is neither a registration_endpoint nor client_id_metadata_document_supported.',
      'Support dynamic registration or client id metadata documents, preferably both.',
    );
  }
  if (!readsDocuments) note('Metadata documents are not supported, so each new connection registers another client.');
  const namesItself = metadata.authorization_response_iss_parameter_supported === true;
  if (!namesItself)
    note('Answers do not contain the issuer (RFC 9207), so ChatGPT uses a different redirect for each server.');
  return {
    issuer: named,
    authorizationEndpoint,
    tokenEndpoint,
    registrationEndpoint,
    revocationEndpoint: endpoint('revocation_endpoint'),
    readsDocuments,
    namesItself,
  };
}

/** Throws unless the server offers how Claude and ChatGPT get tokens: a code with PKCE, and no client secret. */
function assertTakesConnectors(metadata: Record<string, unknown>) {
  if (!isAmong(metadata, 'code_challenge_methods_supported', 'S256')) {
    throw new ExaminationError(
      'The authorization server does not say that it supports PKCE with S256, so clients refuse to continue.',
      'Add "S256" to code_challenge_methods_supported.',
    );
  }
  if (!isAmong(metadata, 'response_types_supported', 'code')) throw lacks('response_types_supported', 'code');
  if (!isAmong(metadata, 'token_endpoint_auth_methods_supported', 'none')) {
    throw lacks('token_endpoint_auth_methods_supported', 'none', 'Claude and ChatGPT are clients without a secret.');
  }
}

/** The first metadata URL of RFC 8414 and OpenID Connect Discovery that answers. */
async function findMetadata(connector: ConnectorRequests, issuer: string): Promise<HttpAnswer> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const places = ['oauth-authorization-server', 'openid-configuration'].map(
    (kind) => `${origin}/.well-known/${kind}${path}`,
  );
  for (const place of places) {
    const answer = await connector.get(place);
    assertNoRedirect(answer);
    if (answer.status === 200) return answer;
  }
  throw new ExaminationError(
    `The authorization server ${shown(issuer)} publishes no metadata.`,
    `Serve the metadata of RFC 8414 at ${shown(places[0])}.`,
  );
}

function endpointIn(metadata: Record<string, unknown>, name: string): string | undefined {
  const value = metadata[name];
  if (value === undefined) return undefined;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  const isHere = url && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere))) return url.href;
  throw new ExaminationError(
    `${name} is ${shown(value)}, which is not an https address.`,
    'Set PUBLIC_URL to the https address.',
  );
}

function isAmong(metadata: Record<string, unknown>, name: string, word: string): boolean {
  const value = metadata[name];
  return Array.isArray(value) && value.includes(word);
}

function missing(name: string): never {
  throw new ExaminationError(`The authorization server names no ${name}.`, 'Name it in its metadata.');
}

const lacks = (name: string, word: string, why = 'Clients check it before they start.') =>
  new ExaminationError(`${name} does not list "${word}". ${why}`, `Add "${word}" to ${name}.`);
