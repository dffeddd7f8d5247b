import { text } from 'node:stream/consumers';
import type { Grant } from '../credentials/grant.js';
import { Failure, usage } from '../failure.js';
import { reach } from '../reach.js';
import { refusalOf } from '../server.js';
import type { Session } from '../session.js';

const PATIENCE_MS = 10 * 60_000;
/** RFC 6750 section 2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]{8,4096}=*$/;

export interface LoginOptions {
  readonly token?: boolean;
  readonly machine?: boolean;
  readonly name: string;
  readonly scope?: string;
  readonly clientMetadataUrl?: string;
  readonly browser: boolean;
}

/** Signs in and remembers it. Whatever was remembered for this server and profile is replaced. */
export async function login(run: Session, options: LoginOptions, url?: string) {
  const session = run.at(url);
  if (options.token && options.machine) throw usage('Choose one of --token and --machine.');
  const grant = await grantFor(session, options);
  await session.access.store.exclusively(() => session.access.store.write(grant));
  const { server, profile } = session.place;
  const { way, scope = null, expires_at } = grant;
  const until = expires_at === undefined ? null : new Date(expires_at).toISOString();
  session.out.answer({ server, profile, way, scope, expires_at: until }, () => `Signed in at ${server}.`);
}

function grantFor(session: Session, options: LoginOptions): Promise<Grant> {
  if (options.token) return byToken(session);
  if (options.machine) return byMachine(session, options.name);
  return byBrowser(session, options);
}

/** Signs in through a browser, and says on standard error where to go. Used by the bridge too. */
export async function byBrowser({ place, out, signal }: Session, options: LoginOptions): Promise<Grant> {
  const { signInByBrowser } = await import('../oauth/browser-sign-in.js');
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const { name, scope, clientMetadataUrl, browser: opensBrowser } = options;
  const show = (page: string, opened: boolean) =>
    out.aside(
      `${opened ? 'Your browser opens. If it does not, go to:' : 'Go to this page to sign in:'}\n\n  ${page}\n`,
    );
  const asked = { name, scope, clientMetadataUrl, opensBrowser, show, signal: AbortSignal.any([signal, patience]) };
  try {
    return await signInByBrowser(place, asked);
  } catch (error) {
    if (!patience.aborted) throw error;
    throw new Failure('refused', 'NOBODY_CAME', 'Nobody signed in within ten minutes.', 'Run it again.');
  }
}

async function byMachine({ place }: Session, name: string): Promise<Grant> {
  const { signInAsMachine } = await import('../oauth/machine-sign-in.js');
  return signInAsMachine(place, name);
}

/** A token that somebody made at the server. It never stands in the arguments, where every process could read it. */
async function byToken({ place: { server }, out, signal }: Session): Promise<Grant> {
  if (process.stdin.isTTY) out.aside('Paste the token, then Enter and Ctrl-D:');
  const token = (await text(process.stdin)).trim();
  if (!TOKEN.test(token))
    throw usage('What came on standard input is no token.', 'printf %s "$TOKEN" | parley login --token');
  const response = await reach(`${server}/list_channels?limit=1`, {
    headers: { authorization: `Bearer ${token}` },
    signal,
  });
  // A token may be good and not for channels.
  if (!response.ok && response.status !== 403) throw await refusalOf(response);
  return { server, way: 'token', access_token: token };
}
