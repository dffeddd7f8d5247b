import type { Address } from './address.js';
import { type Asker, mustNotRedirect, objectIn, shown } from './asker.js';
import type { Challenge } from './challenge.js';
import { Wrong } from './examination.js';

/** What the server says about itself as something that is protected (RFC 9728). */
export interface ProtectedResource {
  readonly resource: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
}

export async function readResource(
  asker: Asker,
  address: Address,
  { metadataUrl }: Challenge,
  note: (sentence: string) => void,
): Promise<ProtectedResource> {
  const answer = await asker.get(metadataUrl);
  mustNotRedirect(answer);
  if (answer.status !== 200) {
    throw new Wrong(
      `The 401 sends clients to ${shown(metadataUrl)}, which answers with ${answer.status}.`,
      'Serve the metadata of RFC 9728 there.',
    );
  }
  const { resource, authorization_servers, scopes_supported: scopes = [] } = objectIn(answer);
  mustBeSpelledAsTyped(resource, address);
  const [issuer, ...more] = Array.isArray(authorization_servers) ? authorization_servers : [];
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) {
    throw new Wrong('The metadata names no authorization server.', 'List exactly one in authorization_servers.');
  }
  if (more.length) note('Several authorization servers are named; Claude looks at the first alone.');
  const listed = Array.isArray(scopes) ? scopes.map(String) : [];
  if (listed.includes('admin')) note('The scope admin is offered to everyone: clients ask for all they see.');
  if (listed.includes('offline_access')) note('offline_access belongs into the metadata of the authorization server.');
  await lookElsewhere(asker, address, note);
  return { resource: String(resource), issuer, scopes: listed };
}

function mustBeSpelledAsTyped(resource: unknown, address: Address) {
  const named = typeof resource === 'string' ? resource.replace(/\/$/, '') : undefined;
  if (named === address.resource) return;
  throw new Wrong(
    `You typed ${address.resource}, and the metadata is about ${shown(resource ?? 'nothing')}: clients refuse that.`,
    'Set PUBLIC_URL to the origin that people type, and give them exactly that address.',
  );
}

/** Clients that do not read the header look at these addresses. */
async function lookElsewhere(asker: Asker, { origin, resource }: Address, note: (sentence: string) => void) {
  const path = resource.slice(origin.length);
  const places = [
    ...new Set([`/.well-known/oauth-protected-resource${path}`, '/.well-known/oauth-protected-resource']),
  ];
  for (const place of places) {
    const { status } = await asker.get(`${origin}${place}`);
    if (status !== 200) note(`${place} answers with ${status}: clients that do not read the header look there.`);
  }
}
