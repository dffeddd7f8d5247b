import type { Address } from './address.js';
import { assertNoRedirect, type ConnectorRequests, type HttpAnswer, objectIn, shown } from './connector-requests.js';
import { ExaminationError } from './examination.js';
import { INITIALIZE } from './mcp.js';

const NO_HEADER =
  'Answer with WWW-Authenticate: Bearer resource_metadata="…", and make sure that no proxy removes the header.';

/** The content of the server's 401 response. */
export interface Challenge {
  readonly metadataUrl: string;
  readonly scope?: string;
}

/** The first step of every connector: a request without a token. The 401 response must say where to get one. */
export async function readChallenge(
  connector: ConnectorRequests,
  { url }: Address,
  note: (sentence: string) => void,
): Promise<Challenge> {
  const answer = await connector.post(url, INITIALIZE);
  assertNoRedirect(answer);
  assert401(answer);
  const { resource_metadata: metadataUrl, scope } = bearerOf(answer);
  if (!metadataUrl || !URL.canParse(metadataUrl)) {
    throw new ExaminationError('The 401 does not say where the metadata is (resource_metadata).', NO_HEADER);
  }
  if (!scope) note('The 401 names no scope, so clients ask for all scopes in the metadata.');
  await assertRefusesBadTokens(connector, url);
  return { metadataUrl, scope };
}

function assert401(answer: HttpAnswer) {
  const { status, url } = answer;
  if (status === 401) return;
  if (status === 404)
    throw new ExaminationError(`Nothing is served at ${shown(url)}.`, 'MCP is at /mcp: check the path.');
  if (status === 403) {
    throw new ExaminationError(
      'The server refuses requests for this host name.',
      'Set PUBLIC_URL to the address that people use.',
    );
  }
  if (status >= 500) throw new ExaminationError(`The server answers with ${status}.`, 'Check its log.');
  objectIn(answer);
  throw new ExaminationError(
    `Without a token the server answers with ${status} instead of 401, so clients never start to sign in.`,
    'Require a token for every request, including initialize.',
  );
}

/** Clients refresh an expired token only after a 401. */
async function assertRefusesBadTokens(connector: ConnectorRequests, url: string) {
  const answer = await connector.post(url, INITIALIZE, { authorization: 'Bearer this-token-never-was' });
  if (answer.status === 401 && bearerOf(answer).error === 'invalid_token') return;
  throw new ExaminationError(
    `An expired token is answered with ${answer.status} and without invalid_token, so clients never refresh it.`,
    'Answer with 401 and WWW-Authenticate: Bearer error="invalid_token", resource_metadata="…".',
  );
}

function bearerOf({ headers }: HttpAnswer): Record<string, string | undefined> {
  const header = headers.get('www-authenticate');
  if (!header) throw new ExaminationError('The 401 has no WWW-Authenticate header.', NO_HEADER);
  const parameters = /^bearer\s+(.*)$/is.exec(header)?.[1];
  if (parameters === undefined)
    throw new ExaminationError(`The 401 asks for "${shown(header)}" instead of Bearer.`, NO_HEADER);
  return Object.fromEntries([...parameters.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}
