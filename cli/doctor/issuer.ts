import { type Answer, type Asker, mustNotRedirect, objectIn, shown } from './asker.js';
import { Wrong } from './examination.js';

/** What the authorization server says about itself (RFC 8414), as far as connectors need it. */
export interface Issuer {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly registrationEndpoint?: string;
  readonly revocationEndpoint?: string;
  /** Client ids may be addresses of metadata documents. */
  readonly readsDocuments: boolean;
  readonly namesItself: boolean;
}

export async function readIssuer(asker: Asker, named: string, note: (sentence: string) => void): Promise<Issuer> {
  const metadata = objectIn(await findMetadata(asker, named));
  const { issuer } = metadata;
  if (issuer !== named) {
    throw new Wrong(
      `The authorization server is called ${shown(named)} by the resource and ${shown(issuer ?? 'nothing')} by itself.`,
      'Spell the issuer the same in both, to the last slash: clients compare the text.',
    );
  }
  const endpoint = (name: string) => endpointIn(metadata, name);
  const isAmong = (name: string, word: string) => listIn(metadata, name).includes(word);
  const authorizationEndpoint = endpoint('authorization_endpoint') ?? missing('authorization_endpoint');
  const tokenEndpoint = endpoint('token_endpoint') ?? missing('token_endpoint');
  if (!isAmong('code_challenge_methods_supported', 'S256')) {
    const fix = 'Put "S256" into code_challenge_methods_supported.';
    throw new Wrong(
      'The authorization server does not say that it takes PKCE with S256, and clients refuse to go on.',
      fix,
    );
  }
  if (!isAmong('response_types_supported', 'code')) throw lacks('response_types_supported', 'code');
  if (!isAmong('token_endpoint_auth_methods_supported', 'none')) {
    throw lacks('token_endpoint_auth_methods_supported', 'none', 'Claude and ChatGPT are clients without a secret.');
  }
  if (!isAmong('grant_types_supported', 'refresh_token'))
    note('refresh_token is no grant type: people are signed out often.');
  const readsDocuments = metadata.client_id_metadata_document_supported === true;
  const registrationEndpoint = endpoint('registration_endpoint');
  if (!readsDocuments && !registrationEndpoint) {
    throw new Wrong(
      'No client can get in: there is neither a registration_endpoint nor client_id_metadata_document_supported.',
      'Offer dynamic registration, or client id metadata documents, or better both.',
    );
  }
  if (!readsDocuments) note('Metadata documents are not read, so each new connection registers another client.');
  const namesItself = metadata.authorization_response_iss_parameter_supported === true;
  if (!namesItself)
    note('Answers do not name the issuer (RFC 9207), so ChatGPT uses another redirect for each server.');
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

/** The first of the addresses of RFC 8414 and of OpenID discovery that answers. */
async function findMetadata(asker: Asker, issuer: string): Promise<Answer> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const places = ['oauth-authorization-server', 'openid-configuration'].map(
    (kind) => `${origin}/.well-known/${kind}${path}`,
  );
  for (const place of places) {
    const answer = await asker.get(place);
    mustNotRedirect(answer);
    if (answer.status === 200) return answer;
  }
  throw new Wrong(
    `The authorization server ${shown(issuer)} says nothing about itself.`,
    `Serve the metadata of RFC 8414 at ${shown(places[0])}.`,
  );
}

function endpointIn(metadata: Record<string, unknown>, name: string): string | undefined {
  const value = metadata[name];
  if (value === undefined) return undefined;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  const isHere = url && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere))) return url.href;
  throw new Wrong(`${name} is ${shown(value)}, which is no https address.`, 'Set PUBLIC_URL to the https address.');
}

const listIn = (metadata: Record<string, unknown>, name: string): unknown[] => {
  const value = metadata[name];
  return Array.isArray(value) ? value : [];
};

function missing(name: string): never {
  throw new Wrong(`The authorization server names no ${name}.`, 'Name it in its metadata.');
}

const lacks = (name: string, word: string, why = 'Clients look for it before they begin.') =>
  new Wrong(`${name} does not list "${word}". ${why}`, `Add "${word}" to ${name}.`);
