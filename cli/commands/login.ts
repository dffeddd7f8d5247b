import { text } from 'node:stream/consumers';
import type { SavedSignIn } from '../oauth/saved-sign-in.js';
import { CliError, usage } from '../server/cli-error.js';
import { reach } from '../server/reach.js';
import { clientName } from '../server/server-profile.js';
import type { CliSession } from '../session/cli-session.js';
import { serverRefusalOf } from '../session/server.js';

const TIMEOUT_MS = 10 * 60_000;
/** RFC 6750 section 2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]{8,4096}=*$/;

export interface LoginOptions {
  readonly token?: boolean;
  /** The name of the program that signs in, if it is not this one. */
  readonly program?: string;
  readonly machine?: boolean;
  /** The name of the OAuth client; default: made from the profile and the program. */
  readonly name?: string;
  readonly scope?: string;
  readonly clientMetadataUrl?: string;
  readonly browser: boolean;
}

/** Signs in and stores the result, which replaces an earlier sign-in of this server and profile. */
export async function login(run: CliSession, options: LoginOptions, url?: string) {
  const session = run.at(url);
  if (options.token && options.machine) throw usage('Choose one of --token and --machine.');
  const grant = await grantFor(session, options);
  await session.access.store.exclusively(() => session.access.store.write(grant));
  const { server, profile } = session.place;
  const { way, scope = null, expires_at } = grant;
  const until = expires_at === undefined ? null : new Date(expires_at).toISOString();
  session.out.answer({ server, profile, way, scope, expires_at: until }, () => `Signed in at ${server}.`);
}

function grantFor(session: CliSession, options: LoginOptions): Promise<SavedSignIn> {
  if (options.token) return byToken(session);
  if (options.machine) return byMachine(session, nameOf(session, options));
  return byBrowser(session, options);
}

/** Signs in with a browser, and prints the URL to standard error. The bridge uses it too. */
export async function byBrowser(session: CliSession, options: LoginOptions): Promise<SavedSignIn> {
  const { place, out, signal } = session;
  const { signInByBrowser } = await import('../oauth/browser-sign-in.js');
  const patience = AbortSignal.timeout(TIMEOUT_MS);
  const { scope, clientMetadataUrl, browser: opensBrowser } = options;
  const name = nameOf(session, options);
  const show = (page: string, opened: boolean) =>
    out.aside(
      `${opened ? 'Your browser opens. If it does not, open this page:' : 'Open this page to sign in:'}\n\n  ${page}\n`,
    );
  const asked = { name, scope, clientMetadataUrl, opensBrowser, show, signal: AbortSignal.any([signal, patience]) };
  try {
    return await signInByBrowser(place, asked);
  } catch (error) {
    if (!patience.aborted) throw error;
    throw new CliError('refused', 'NOBODY_CAME', 'Nobody signed in within ten minutes.', 'Run it again.');
  }
}

const nameOf = ({ place: { profile } }: CliSession, { name, program = 'Parley CLI' }: LoginOptions) =>
  name ?? clientName(profile, program);

async function byMachine({ place }: CliSession, name: string): Promise<SavedSignIn> {
  const { signInAsMachine } = await import('../oauth/machine-sign-in.js');
  return signInAsMachine(place, name);
}

/**
 * Signs in with an existing token, which is read from standard input: other processes could read it in the arguments.
 */
async function byToken({ place: { server }, out, signal }: CliSession): Promise<SavedSignIn> {
  if (process.stdin.isTTY) out.aside('Paste the token, then Enter and Ctrl-D:');
  const token = (await text(process.stdin)).trim();
  if (!TOKEN.test(token))
    throw usage('The text on standard input is not a token.', 'printf %s "$TOKEN" | parley login --token');
  const response = await reach(`${server}/list_channels?limit=1`, {
    headers: { authorization: `Bearer ${token}` },
    signal,
  });
  // A valid token may lack the scope for channels.
  if (!response.ok && response.status !== 403) throw await serverRefusalOf(response);
  return { server, way: 'token', access_token: token };
}
