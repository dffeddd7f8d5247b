import type { Scope } from '../../src/kernel/caller.js';
import { adminCommand } from './admin.js';
import { Authenticator } from './authenticator.js';
import { Browser, formOf, type WebPage } from './browser.js';
import { LOOPBACK_REDIRECT, pkce, register, type SignedIn, token } from './oauth.js';
import type { RunningServer } from './server.js';

/** For startServer: people sign in, and everyone may make an account. */
export const WITH_ACCOUNTS = { AUTH_MODE: 'accounts', SIGN_UP: 'open' };

export const PASSWORD = 'correct horse battery';

type Server = Pick<RunningServer, 'url' | 'dataDir'>;

/** Somebody with an account, and the browser in which they are signed in. */
export interface AccountHolder {
  readonly name: string;
  readonly browser: Browser;
  readonly accountId: string;
  /** There is one where a role needs it. */
  readonly authenticator?: Authenticator;
}

/** Somebody with an account and an access token for it. */
export interface Holder extends AccountHolder {
  readonly token: string;
  readonly tokens: SignedIn;
}

/** Passkeys belong to names, so browsers call the server by its other one. */
export const localhost = ({ url }: Pick<Server, 'url'>) => url.replace('127.0.0.1', 'localhost');

/** A browser in front of the server, in which nobody is signed in. */
export const visitor = (server: Pick<Server, 'url'>) => new Browser(localhost(server));

/** Makes an account on the page for it; where `code` is given, with that. */
export async function signUp(server: Pick<Server, 'url'>, name: string, code = ''): Promise<AccountHolder> {
  const browser = visitor(server);
  const page = await browser.open(`/sign-up${code && `?code=${code}`}`);
  const made = await browser.submit(page, '/sign-up', { name, password: PASSWORD });
  if (made.status !== 200) throw new Error(`no account for ${name}: ${made.status}\n${made.html}`);
  return { name, browser, accountId: accountIdIn(await browser.open('/account')) };
}

/** Adds a passkey on the page of the account. */
export async function addPasskey({ browser }: Pick<AccountHolder, 'browser'>): Promise<Authenticator> {
  const authenticator = new Authenticator();
  const page = await browser.open('/account');
  const credential = authenticator.create(formOf(page, '/account/passkeys').options, browser.origin);
  const added = await browser.submit(page, '/account/passkeys', { credential, label: 'In software' });
  if (added.status !== 200) throw new Error(`no passkey: ${added.status}\n${added.html}`);
  return authenticator;
}

/** Signs in with name and password, in a browser of its own or the one given. */
export async function logIn(server: Pick<Server, 'url'>, name: string, password = PASSWORD, browser = visitor(server)) {
  const page = await browser.submit(await browser.open('/login'), '/login', { name, password });
  return { browser, page };
}

/** Shows the passkey that a page asks for. */
export function showPasskey(browser: Browser, page: WebPage, authenticator: Authenticator): Promise<WebPage> {
  const credential = authenticator.get(formOf(page, '/login/passkey').options, browser.origin);
  return browser.submit(page, '/login/passkey', { credential });
}

let made = 0;

/**
 * Somebody new with a role, and an access token of theirs with these scopes, got through the real pages: sign-up (with an
 * invite of the operator's for a role), passkey, consent. Moderators and admins get a passkey, so `admin` may be asked for.
 */
export async function signInAs(
  server: Server,
  role: 'member' | 'moderator' | 'admin',
  scopes: readonly Scope[] = ['channels', 'bots'],
  name = `${role}-${++made}`,
): Promise<Holder> {
  const link = await adminCommand(server, 'invite', '--role', role);
  const holder = await signUp(server, name, new URL(link).searchParams.get('code') ?? '');
  const authenticator = role === 'member' ? undefined : await addPasskey(holder);
  const tokens = await grant(server, holder.browser, scopes);
  return { ...holder, authenticator, token: tokens.access_token, tokens };
}

/** Lets a new app in, in a browser in which somebody is signed in, and answers with its tokens. */
export async function grant(
  server: Pick<Server, 'url'>,
  browser: Browser,
  scopes: readonly Scope[],
  client_name = 'Desk',
): Promise<SignedIn> {
  const redirect_uri = LOOPBACK_REDIRECT;
  const metadata = { client_name, redirect_uris: [redirect_uri], token_endpoint_auth_method: 'none' };
  const { client_id } = await register(server.url, metadata);
  const { verifier, challenge } = pkce();
  const page = await browser.open(
    authorizePath({ client_id, redirect_uri, code_challenge: challenge, scope: scopes.join(' ') }),
  );
  const { leaves } = await browser.submit(page, '/oauth/authorize', { decision: 'approve' });
  const code = leaves?.searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier: verifier };
  const response = await token(server.url, form);
  if (response.status !== 200) throw new Error(`no token: ${response.status} ${await response.text()}`);
  return { ...((await response.json()) as SignedIn), client_id, redirect_uri };
}

/** The address at which an app asks for a code. */
export const authorizePath = (parameters: Record<string, string>) =>
  `/oauth/authorize?${new URLSearchParams({ response_type: 'code', code_challenge_method: 'S256', state: 'st8', ...parameters })}`;

function accountIdIn({ html }: WebPage): string {
  const id = /data-account="([^"]+)"/.exec(html)?.[1];
  if (!id) throw new Error(`nobody is signed in:\n${html}`);
  return id;
}
