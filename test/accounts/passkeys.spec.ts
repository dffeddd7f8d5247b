import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type AccountHolder,
  addPasskey,
  localhost,
  logIn,
  PASSWORD,
  showPasskey,
  signInAs,
  signUp,
  visitor,
  WITH_ACCOUNTS,
} from '../support/accounts.js';
import { Authenticator } from '../support/authenticator.js';
import { Browser, formOf } from '../support/browser.js';
import { type RunningServer, startServer } from '../support/server.js';
import { age } from '../support/stored.js';

let server: RunningServer;
let alice: AccountHolder & { authenticator: Authenticator };
beforeAll(async () => {
  server = await startServer(WITH_ACCOUNTS);
  const made = await signUp(server, 'Alice');
  alice = { ...made, authenticator: await addPasskey(made) };
});
afterAll(async () => await server[Symbol.asyncDispose]());

const isIn = async (browser: Browser) => (await browser.open('/account')).url.endsWith('/account');

describe('Signing in with a passkey', () => {
  test('needs neither name nor password, and creates a new browser session', async () => {
    const browser = visitor(server);
    const login = await browser.open('/login');
    const before = browser.cookieHeader;

    const { html } = await showPasskey(browser, login, alice.authenticator);

    expect(html).toContain('<strong>Alice</strong>');
    expect(browser.cookieHeader).not.toBe(before);
  });

  test('does not reveal which passkeys exist', async () => {
    const { options } = formOf(await visitor(server).open('/login'), '/login/passkey');

    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required', allowCredentials: [] });
  });

  test('works once for each challenge', async () => {
    const browser = visitor(server);
    const login = await browser.open('/login');
    const credential = alice.authenticator.get(formOf(login, '/login/passkey').options, browser.origin);
    await browser.submit(login, '/login/passkey', { credential });
    await browser.submit(await browser.open('/account'), '/logout');
    const next = await browser.open('/login');

    const again = await browser.submit(next, '/login/passkey', { credential });

    expect(again.status).toBe(400);
    expect(await isIn(browser)).toBe(false);
  });

  test('works only in the browser that got the challenge', async () => {
    const [asked, mallory] = [visitor(server), visitor(server)];
    const { options } = formOf(await asked.open('/login'), '/login/passkey');
    const own = await mallory.open('/login');

    const stolen = await mallory.submit(own, '/login/passkey', {
      credential: alice.authenticator.get(options, asked.origin),
    });

    expect(stolen.status).toBe(400);
    expect(await isIn(mallory)).toBe(false);
  });

  test.each<[string, (options: { challenge: string; rpId: string }, origin: string) => string]>([
    ['another site', (options) => alice.authenticator.get(options, 'https://evil.example')],
    [
      'a site that calls itself otherwise',
      (options, origin) => alice.authenticator.get({ ...options, rpId: 'evil.example' }, origin),
    ],
    [
      'a challenge of somebody’s own',
      (options, origin) => alice.authenticator.get({ ...options, challenge: 'bWluZQ' }, origin),
    ],
    ['an authenticator nobody knows', (options, origin) => new Authenticator().get(options, origin)],
    ['what is no answer', () => '{"id":1}'],
    ['what is no JSON', () => '{'],
    ['nothing', () => ''],
  ])('is refused for %s', async (_, answer) => {
    const browser = visitor(server);
    const login = await browser.open('/login');

    const credential = answer(formOf(login, '/login/passkey').options, browser.origin);
    const refused = await browser.submit(login, '/login/passkey', { credential });

    expect(refused.status).toBe(400);
    expect(await isIn(browser)).toBe(false);
  });

  test('is refused if the authenticator did not verify the user, and for a cloned authenticator', async () => {
    const bob = await signUp(server, 'Bob');
    const authenticator = await addPasskey(bob);
    const attempt = async (changed: Partial<Authenticator>) => {
      const browser = visitor(server);
      await showPasskey(browser, await browser.open('/login'), Object.assign(authenticator, changed));
      return isIn(browser);
    };

    expect(await attempt({ counter: 5 })).toBe(true);
    expect(await attempt({ counter: 2 })).toBe(false);
    expect(await attempt({ counter: 9, verifiesPerson: false } as Partial<Authenticator>)).toBe(false);
    expect(await attempt({ counter: 9, verifiesPerson: true } as Partial<Authenticator>)).toBe(true);
  });

  test('is refused after ten minutes', async () => {
    const browser = visitor(server);
    const login = await browser.open('/login');
    age(server.dataDir, 'passkey_challenge', 'expires_at', 11 * 60_000);

    expect((await showPasskey(browser, login, alice.authenticator)).status).toBe(400);
  });
});

describe('A moderator or admin', () => {
  test('must use the passkey after the password, and has no access before that', async () => {
    const { name, authenticator } = await signInAs(server, 'moderator');

    const { browser, page } = await logIn(server, name);
    const inside = await browser.open('/account');
    const act = await browser.post('/account/browsers/end-all', { csrf: formOf(page, '/logout').fields.csrf ?? '' });
    const shown = await showPasskey(browser, page, authenticator as Authenticator);

    expect(page.url).toMatch(/\/login\/passkey/);
    expect(inside.url).toMatch(/\/login\/passkey/);
    expect(act.url).toMatch(/\/login/);
    expect(shown.url).toMatch(/\/account$/);
  });

  test('is not signed in before the passkey is used, and the page says so', async () => {
    const { name, authenticator, browser: own } = await signInAs(server, 'moderator');
    const { browser, page } = await logIn(server, name);
    const sections = async () => {
      const { html } = await own.open('/account');
      const [, whole = '', half = ''] =
        /<h2 id="browsers">(.*?)(?:<h3>Sign-ins without a passkey<\/h3>(.*?))?<form[^>]*end-all/s.exec(html) ?? [];
      return [whole, half].map((section) => section.split('<li>').length - 1);
    };

    expect(await sections()).toEqual([1, 1]);

    await showPasskey(browser, page, authenticator as Authenticator);
    expect(await sections()).toEqual([2, 0]);
  });

  test('cannot use a passkey of another account', async () => {
    const { name } = await signInAs(server, 'admin');
    const { browser, page } = await logIn(server, name);

    const shown = await showPasskey(browser, page, alice.authenticator);

    expect(shown.status).toBe(400);
    expect(await isIn(browser)).toBe(false);
  });

  test('keeps at least one passkey; others may remove theirs', async () => {
    const remove = async ({ browser }: { browser: Browser }) =>
      browser.submit(await browser.open('/account'), '/account/passkeys/remove');
    const moderator = await signInAs(server, 'moderator');
    const member = await signUp(server, 'Carol');
    const authenticator = await addPasskey(member);

    expect((await remove(moderator)).html).toContain('Add another passkey first');
    expect((await remove(member)).html).toContain('The passkey is removed.');
    const browser = visitor(server);
    expect((await showPasskey(browser, await browser.open('/login'), authenticator)).status).toBe(400);
  });
});

describe('Adding a passkey', () => {
  test('can be repeated once after a crash', async () => {
    const { browser } = await signUp(server, 'Dora');
    const page = await browser.open('/account');
    const authenticator = new Authenticator();
    const credential = authenticator.create(formOf(page, '/account/passkeys').options, browser.origin);

    await server.crashAndRestart();
    const added = await browser.submit(page, '/account/passkeys', { credential });
    const again = await browser.submit(await browser.open('/account'), '/account/passkeys', { credential });

    expect(added.html).toContain('The passkey is added.');
    expect(again.html).toContain('could not be added');
    const other = visitor(server);
    await showPasskey(other, await other.open('/login'), authenticator);
    expect(await isIn(other)).toBe(true);
  });

  test('is refused with the challenge of another account', async () => {
    const [erin, mallory] = [await signUp(server, 'Erin'), await signUp(server, 'Mallory')];
    const { options } = formOf(await erin.browser.open('/account'), '/account/passkeys');
    const page = await mallory.browser.open('/account');

    const credential = new Authenticator().create(options, localhost(server));
    const refused = await mallory.browser.submit(page, '/account/passkeys', { credential });

    expect(refused.html).toContain('could not be added');
  });

  test('is refused under a name with invisible characters', async () => {
    const { browser } = await signUp(server, 'Hana');
    const page = await browser.open('/account');
    const credential = new Authenticator().create(formOf(page, '/account/passkeys').options, browser.origin);

    const refused = await browser.submit(page, '/account/passkeys', { credential, label: 'desk\u3164' });
    const added = await browser.submit(await browser.open('/account'), '/account/passkeys', {
      credential,
      label: 'desk',
    });

    expect(refused.html).toContain('must not hold control or invisible characters, and holds U+3164');
    expect(added.html).toContain('<strong>desk</strong>');
  });

  test('is not offered if the host is an IP address, and the page names the right URL', async () => {
    const { browser } = await logIn(server, 'Alice', PASSWORD, new Browser(server.url));

    const { html } = await browser.open('/account');

    expect(html).toContain(`href="${localhost(server)}/account"`);
    expect(html).not.toContain('data-passkey');
  });
});
