import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type AccountHolder,
  addPasskey,
  authorizePath,
  logIn,
  PASSWORD,
  signInAs,
  signUp,
  visitor,
  WITH_ACCOUNTS,
} from '../support/accounts.js';
import { adminCommand } from '../support/admin.js';
import { type Browser, formOf, type WebPage } from '../support/browser.js';
import { basic, LOOPBACK_REDIRECT, pkce, register, token } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';

const SITE = 'https://app.example/cb?tenant=1';
let server: RunningServer;
let alice: AccountHolder;
beforeAll(async () => {
  server = await startServer(WITH_ACCOUNTS);
  alice = await signUp(server, 'Alice');
});
afterAll(async () => await server[Symbol.asyncDispose]());

let apps = 0;

/** A new app, and the address at which it asks. */
async function app(scope = 'channels', redirect_uri = SITE) {
  // Who registers the same is the same client, about which people are not asked again.
  const metadata = {
    client_name: `<b>Desk</b> ${++apps}`,
    redirect_uris: [redirect_uri],
    token_endpoint_auth_method: 'none',
  };
  const { client_id } = await register(server.url, metadata);
  const { verifier, challenge } = pkce();
  const path = (asked = scope) => authorizePath({ client_id, redirect_uri, code_challenge: challenge, scope: asked });
  const redeem = ({ leaves }: WebPage) => {
    const code = leaves?.searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier: verifier };
    return token(server.url, form);
  };
  return { client_id, path, redeem };
}
const allow = (browser: Browser, page: WebPage, fields = {}, headers = {}) =>
  browser.submit(page, '/oauth/authorize', { decision: 'approve', ...fields }, headers);

describe('When an app requests a code', () => {
  test('a signed-in user sees which app asks, for which scopes, and where the code is sent', async () => {
    const { path } = await app('channels bots');

    const { html, headers } = await alice.browser.open(path());

    expect(html).toContain('&lt;b&gt;Desk&lt;/b&gt;');
    expect(html).toContain('<strong>Alice</strong>');
    expect(html).toContain('<strong>app.example</strong>');
    expect(html).toContain('create and join channels');
    expect(html).toContain('attach bots to channels');
    expect(html).not.toContain('class="warning"');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("form-action 'self' https://app.example;");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  test('the app gets a token of that account', async () => {
    const { path, redeem } = await app();

    const answer = await redeem(await allow(alice.browser, await alice.browser.open(path())));
    const { access_token, scope } = (await answer.json()) as { access_token: string; scope: string };
    const who = await fetch(`${server.url}/list_tokens`, { headers: { authorization: `Bearer ${access_token}` } });

    expect(scope).toBe('channels');
    expect(await who.json()).toMatchObject({
      tokens: expect.arrayContaining([expect.objectContaining({ is_this: true })]),
    });
  });

  test('a user who signs in first continues with the same request', async () => {
    const { path, redeem } = await app();
    const browser = visitor(server);

    const login = await browser.open(path());
    const consent = await browser.submit(login, '/login', { name: 'Alice', password: PASSWORD });
    const allowed = await allow(browser, consent);

    expect(login.url).toMatch(/\/login\?ticket=pct_/);
    expect(login.headers.get('content-security-policy')).toContain("form-action 'self' https://app.example;");
    expect(consent.html).toContain('<strong>app.example</strong>');
    expect(allowed.leaves?.href).toMatch(/^https:\/\/app\.example\/cb\?tenant=1&code=pac_[\w-]+&state=st8&iss=/);
    expect((await redeem(allowed)).status).toBe(200);
  });

  test('a user who first creates an account continues with the same request', async () => {
    const { path } = await app();
    const browser = visitor(server);

    const login = await browser.open(path());
    const link = /href="(\/sign-up\?ticket=[^"]+)"/.exec(login.html)?.[1] ?? '';
    const made = await browser.submit(await browser.open(link), '/sign-up', { name: 'Newcomer', password: PASSWORD });

    expect(made.html).toContain('<strong>Newcomer</strong>');
    expect(made.html).toContain('<strong>app.example</strong>');
  });

  test('the app is told when the user declines', async () => {
    const { path } = await app();

    const { leaves } = await allow(alice.browser, await alice.browser.open(path()), { decision: 'deny' });

    expect(leaves?.href).toMatch(/^https:\/\/app\.example\/cb\?tenant=1&error=access_denied/);
  });

  test.each([
    ['a port of this computer', LOOPBACK_REDIRECT, 'a program on this computer'],
    ['an app’s scheme', 'cursor://anysphere.cursor-mcp/oauth/callback', 'an app on this device'],
  ])('for %s: the page warns, and asks each time', async (_, redirect, warning) => {
    const { path } = await app('channels', redirect);
    const page = await alice.browser.open(path());

    await allow(alice.browser, page);
    const again = await alice.browser.open(path());

    expect(page.html).toContain(warning);
    expect(again.status).toBe(200);
    expect(again.leaves).toBeUndefined();
  });

  test('no second click is needed for the same or fewer scopes, and consents of other accounts do not count', async () => {
    const { path } = await app();
    const other = await signUp(server, 'Other');
    await allow(alice.browser, await alice.browser.open(path('channels bots')));

    const same = await alice.browser.open(path('bots'));
    const others = await other.browser.open(path('channels'));

    expect(same.leaves?.searchParams.get('code')).toMatch(/^pac_/);
    expect(others.leaves).toBeUndefined();
  });

  test('a click is needed for further scopes', async () => {
    const { path } = await app();
    const { browser } = await signUp(server, 'More');
    await allow(browser, await browser.open(path('bots')));

    expect((await browser.open(path('channels bots'))).leaves).toBeUndefined();
  });

  test('the page does not ask for scopes that no operation needs', async () => {
    const { path } = await app();
    const { browser } = await signUp(server, 'Sparse');

    const { html } = await browser.open(path('channels arena'));

    expect(html).toContain('create and join channels');
    expect(html).not.toContain('rated matches');
    expect(html).toContain('name="scopes" value="channels"');
  });
});

describe('The scope admin', () => {
  test('is not asked for if the account has no such role', async () => {
    const { path } = await app('channels admin');

    const { html } = await alice.browser.open(path());

    expect(html).toContain('create and join channels');
    expect(html).not.toContain('your moderator or admin rights');
  });

  test('requires a passkey; a user without one is asked to add one and then continues', async () => {
    const { path, redeem } = await app('channels admin');
    const link = await adminCommand(server, 'create', 'Boss');
    const boss = await signUp(server, 'Boss', new URL(link).searchParams.get('code') ?? '');

    const account = await boss.browser.open(path());
    await addPasskey(boss);
    const consent = await boss.browser.open(path());

    expect(account.url).toMatch(/\/account\?ticket=pct_/);
    expect(account.html).toContain('add a passkey');
    expect(consent.html).toContain('your moderator or admin rights');
    const answer = await redeem(await allow(boss.browser, consent));
    expect(await answer.json()).toMatchObject({ scope: 'channels admin' });
  });
});

describe('A click counts only', () => {
  test('on our own page in the same browser', async () => {
    const mallory = await signUp(server, 'Mallory');
    const { path } = await app();
    const hers = formOf(await mallory.browser.open(path()), '/oauth/authorize').fields;
    const page = await alice.browser.open(path());
    const his = formOf(page, '/oauth/authorize').fields;
    const click = (fields: object, headers = {}) =>
      alice.browser.post('/oauth/authorize', { ...his, decision: 'approve', ...fields }, headers);

    const refused = [
      await click({ csrf: '' }),
      await click({ csrf: hers.csrf }),
      await click({}, { 'sec-fetch-site': 'cross-site' }),
      await click({}, { 'sec-fetch-site': 'same-site' }),
      await click({}, { origin: 'https://evil.example' }),
      await click({}, { origin: 'null' }),
      await click({ scopes: 'admin' }),
    ];

    for (const { status, leaves } of refused) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(leaves).toBeUndefined();
    }
    expect((await click({})).leaves).toBeUndefined();
    expect((await allow(alice.browser, await alice.browser.open(path()))).leaves?.searchParams.has('code')).toBe(true);
  });

  test('for a signed-in user', async () => {
    const { path } = await app();
    const { browser } = await logIn(server, 'Alice');
    const page = await browser.open(path());
    await browser.submit(await browser.open('/account'), '/account/browsers/end-all');
    alice = { ...alice, ...(await logIn(server, 'Alice')) };

    const { status, leaves } = await allow(browser, page);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(leaves).toBeUndefined();
  });
});

describe('There is no redirect to a URL from the request', () => {
  test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'pct_unknown', ''])(
    'with ticket=%s',
    async (ticket) => {
      const browser = visitor(server);
      const query = `?${new URLSearchParams({ ticket, next: 'https://evil.example', return_to: '//evil.example' })}`;

      const login = await browser.open(`/login${query}`);
      const after = await browser.submit(login, '/login', { name: 'Alice', password: PASSWORD, ticket });
      const authorize = await browser.open(`/oauth/authorize${query}`);

      expect(after.url).toBe(`${browser.origin}/account`);
      expect(after.leaves).toBeUndefined();
      expect(login.headers.get('content-security-policy')).not.toContain('evil');
      expect(authorize.leaves).toBeUndefined();
    },
  );
});

describe('A client without a user', () => {
  test('is refused for client_credentials, with an error that says what to do', async () => {
    const machine = await register(server.url, { client_name: 'Script' });

    const response = await token(server.url, { grant_type: 'client_credentials' }, basic(machine));

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: 'unauthorized_client',
      error_description: expect.stringContaining('personal access token'),
    });
  });
});

describe('A crash of the server', () => {
  test('between sign-in, consent and code has no effect on the user', async () => {
    const { path, redeem } = await app();
    const browser = visitor(server);

    const login = await browser.open(path());
    await server.crashAndRestart();
    const consent = await browser.submit(login, '/login', { name: 'Alice', password: PASSWORD });
    await server.crashAndRestart();
    const allowed = await allow(browser, consent);
    await server.crashAndRestart();

    expect((await redeem(allowed)).status).toBe(200);
  });
});

test('A code cannot be redeemed after its account was disabled', async () => {
  const admin = await signInAs(server, 'admin', ['admin']);
  const bob = await signUp(server, 'Bob');
  const { path, redeem } = await app();
  const allowed = await allow(bob.browser, await bob.browser.open(path()));

  const disable = {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
  };
  await fetch(`${server.url}/set_account`, {
    ...disable,
    body: JSON.stringify({ account_id: bob.accountId, disabled: true }),
  });

  expect(await (await redeem(allowed)).json()).toMatchObject({ error: 'invalid_grant' });
});
