import type { Address } from './address.js';
import type { Challenge } from './challenge.js';
import { assertNoRedirect, type ConnectorRequests, objectIn, shown } from './connector-requests.js';
import { ExaminationError } from './examination.js';

/** The protected resource metadata (RFC 9728). */
export interface ProtectedResource {
  readonly resource: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
}

export async function readResource(
  connector: ConnectorRequests,
  address: Address,
  { metadataUrl }: Challenge,
  note: (sentence: string) => void,
): Promise<ProtectedResource> {
  const answer = await connector.get(metadataUrl);
  assertNoRedirect(answer);
  if (answer.status !== 200) {
    throw new ExaminationError(
      `The 401 sends clients to ${shown(metadataUrl)}, which answers with ${answer.status}.`,
      'Serve the metadata of RFC 9728 there.',
    );
  }
  const { resource, authorization_servers, scopes_supported: scopes = [] } = objectIn(answer);
  assertSpelledAsTyped(resource, address);
  const [issuer, ...more] = Array.isArray(authorization_servers) ? authorization_servers : [];
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) {
    throw new ExaminationError(
      'The metadata names no authorization server.',
      'List exactly one in authorization_servers.',
    );
  }
  if (more.length) note('The metadata names several authorization servers; Claude uses only the first.');
  const listed = Array.isArray(scopes) ? scopes.map(String) : [];
  if (listed.includes('admin')) note('The scope admin is listed for everyone, and clients ask for all listed scopes.');
  if (listed.includes('offline_access')) note('offline_access belongs in the metadata of the authorization server.');
  await checkDefaultUrls(connector, address, note);
  return { resource: String(resource), issuer, scopes: listed };
}

function assertSpelledAsTyped(resource: unknown, address: Address) {
  const named = typeof resource === 'string' ? resource.replace(/\/$/, '') : undefined;
  if (named === address.resource) return;
  throw new ExaminationError(
    `You gave ${address.resource}, but the metadata is for ${shown(resource ?? 'nothing')}. Clients refuse that.`,
    'Set PUBLIC_URL to the origin that people use, and give them exactly that address.',
  );
}

/** Checks the default metadata URLs, which clients use that do not read the WWW-Authenticate header. */
async function checkDefaultUrls(
  connector: ConnectorRequests,
  { origin, resource }: Address,
  note: (sentence: string) => void,
) {
  const path = resource.slice(origin.length);
  const paths = [...new Set([`/.well-known/oauth-protected-resource${path}`, '/.well-known/oauth-protected-resource'])];
  for (const defaultPath of paths) {
    const { status } = await connector.get(`${origin}${defaultPath}`);
    if (status !== 200) note(`${defaultPath} answers with ${status}. Clients that do not read the header look there.`);
  }
}
