import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { authorizePath, localhost, PASSWORD, WITH_ACCOUNTS } from '../support/accounts.js';
import { adminCommand } from '../support/admin.js';
import { LOOPBACK_REDIRECT, pkce, register, token } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';

const CHROMIUM = '/usr/bin/chromium';
const isHere = existsSync(CHROMIUM) || Boolean(process.env.CI);
const QUIET = ['quic', 'background-networking', 'component-update', 'sync'].map((feature) => `--disable-${feature}`);
if (!isHere) console.warn(`${CHROMIUM} is not there: the pages are not tried in a real browser.`);

/** The scripts, policies and passkeys as a browser has them. */
(isHere ? describe : describe.skip)('In a real browser', () => {
  let server: RunningServer;
  let chrome: Browser;
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    server = await startServer(WITH_ACCOUNTS);
    chrome = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--no-first-run', ...QUIET],
    });
    const context = await chrome.newContext();
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused/.test(message.text())) complaints.push(message.text());
    });
    const session = await context.newCDPSession(page);
    await session.send('WebAuthn.enable');
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
  });
  afterAll(async () => {
    await chrome?.close();
    await server[Symbol.asyncDispose]();
  });

  const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click();
  const at = (path: string) => page.waitForURL(`${localhost(server)}${path}`);

  test('the first admin creates an account, adds a passkey, signs in with password and passkey, then with the passkey alone', async () => {
    const link = await adminCommand(server, 'create', 'Root Boss');
    await page.goto(`${localhost(server)}/sign-up${new URL(link).search}`);
    await page.getByLabel('Password').fill(PASSWORD);
    await press('Create the account');
    await at('/account');
    await press('Add a passkey');
    await at('/account?did=passkeys');
    await press('Sign out');
    await at('/login');
    await page.getByLabel('Name').fill('root boss');
    await page.getByLabel('Password').fill(PASSWORD);
    await press('Sign in');
    await at('/login/passkey');
    await press('Use your passkey');
    await at('/account');
    await press('Sign out');
    await at('/login');
    await press('Sign in with a passkey');
    await at('/account');

    expect(await page.getByText('an admin of this server').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('an app gets its code after sign-in and click, which the Content-Security-Policy allows', async () => {
    const redirect_uri = LOOPBACK_REDIRECT;
    const { client_id } = await register(server.url, {
      redirect_uris: [redirect_uri],
      token_endpoint_auth_method: 'none',
    });
    const { verifier, challenge } = pkce();
    const asked = { client_id, redirect_uri, code_challenge: challenge, scope: 'channels admin' };
    await page.route(`${redirect_uri}*`, (route) => route.fulfill({ body: 'back in the app' }));
    await page.goto(`${localhost(server)}/account`);
    await press('Sign out');

    await page.goto(localhost(server) + authorizePath(asked));
    await press('Sign in with a passkey');
    await press('Allow');
    await page.waitForURL(`${redirect_uri}*`);

    const code = new URL(page.url()).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier: verifier };
    expect(await (await token(server.url, form)).json()).toMatchObject({ scope: 'channels admin' });
    expect(complaints).toEqual([]);
  });

  test('no other page can show ours in a frame', async () => {
    await page.route('http://localhost:9/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${localhost(server)}/login"></iframe>` }),
    );

    await page.goto('http://localhost:9/');

    const frame = await (await page.waitForSelector('iframe')).contentFrame();
    expect(await frame?.getByLabel('Password').count()).toBe(0);
  });
});
