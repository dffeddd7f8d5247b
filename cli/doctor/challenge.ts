import type { Address } from './address.js';
import { type Answer, type Asker, mustNotRedirect, objectIn, shown } from './asker.js';
import { Wrong } from './examination.js';
import { INITIALIZE } from './mcp.js';

const NO_HEADER = 'Answer with WWW-Authenticate: Bearer resource_metadata="…", and let no proxy take the header off.';

/** What the 401 of the server says. */
export interface Challenge {
  readonly metadataUrl: string;
  readonly scope?: string;
}

/** The first thing every connector does: it knocks without a token, and has to be told where to get one. */
export async function readChallenge(
  asker: Asker,
  { url }: Address,
  note: (sentence: string) => void,
): Promise<Challenge> {
  const answer = await asker.post(url, INITIALIZE);
  mustNotRedirect(answer);
  mustBe401(answer);
  const { resource_metadata: metadataUrl, scope } = bearerOf(answer);
  if (!metadataUrl || !URL.canParse(metadataUrl)) {
    throw new Wrong('The 401 does not say where the metadata is (resource_metadata).', NO_HEADER);
  }
  if (!scope) note('The 401 names no scope, so clients ask for whatever the metadata lists.');
  await mustRefuseBadTokens(asker, url);
  return { metadataUrl, scope };
}

function mustBe401(answer: Answer) {
  const { status, url } = answer;
  if (status === 401) return;
  if (status === 404) throw new Wrong(`Nothing is served at ${shown(url)}.`, 'MCP is at /mcp: check the path.');
  if (status === 403) {
    throw new Wrong('The server refuses to be called by this name.', 'Set PUBLIC_URL to the address that people type.');
  }
  if (status >= 500) throw new Wrong(`The server answers with ${status}.`, 'Look into its log.');
  objectIn(answer);
  throw new Wrong(
    `Without a token the server answers with ${status} instead of 401, so no client ever begins to sign in.`,
    'Ask for a token before anything else, initialize included.',
  );
}

/** A client whose token is over refreshes on a 401, and on nothing else. */
async function mustRefuseBadTokens(asker: Asker, url: string) {
  const answer = await asker.post(url, INITIALIZE, { authorization: 'Bearer this-token-never-was' });
  if (answer.status === 401 && bearerOf(answer).error === 'invalid_token') return;
  throw new Wrong(
    `A token that is over is answered with ${answer.status} and no invalid_token, so clients never refresh.`,
    'Answer with 401 and WWW-Authenticate: Bearer error="invalid_token", resource_metadata="…".',
  );
}

function bearerOf({ headers }: Answer): Record<string, string | undefined> {
  const header = headers.get('www-authenticate');
  if (!header) throw new Wrong('The 401 has no WWW-Authenticate header.', NO_HEADER);
  const parameters = /^bearer\s+(.*)$/is.exec(header)?.[1];
  if (parameters === undefined) throw new Wrong(`The 401 asks for "${shown(header)}" instead of Bearer.`, NO_HEADER);
  return Object.fromEntries([...parameters.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}
