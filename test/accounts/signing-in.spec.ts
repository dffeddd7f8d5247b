import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { logIn, PASSWORD, signUp, visitor, WITH_ACCOUNTS } from '../support/accounts.js';
import { type RunningServer, startServer } from '../support/server.js';
import { everythingStored } from '../support/stored.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer(WITH_ACCOUNTS);
});
afterAll(async () => await server[Symbol.asyncDispose]());

const isSignedIn = async (browser: ReturnType<typeof visitor>) => {
  const { url } = await browser.open('/account');
  return url.endsWith('/account');
};

describe('Creating an account', () => {
  test('signs in, and sets a cookie that no script can read', async () => {
    const { browser, accountId } = await signUp(server, 'Alice');

    const { headers } = await browser.open('/account');

    expect(accountId).toMatch(/^acc_/);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
    expect(await isSignedIn(browser)).toBe(true);
  });

  test.each([
    ['a name that somebody has, whatever its capitals', { name: 'aLICE' }, 'This name is already taken.'],
    ['a name of the server’s own', { name: 'System' }, 'This name is already taken.'],
    ['a name of who has a say', { name: 'Admin' }, 'This name is already taken.'],
    ['what is no name', { name: '<b>' }, 'A name must have 2 to 24'],
    ['a short password', { name: 'Bob', password: 'short one' }, 'A password must have at least 10'],
    ['a very long password', { name: 'Bob', password: 'ab cd'.repeat(50) }, 'A password can have at most 200'],
    ['a password that is the name', { name: 'Bartholomew', password: 'bartholomew' }, 'must not be just your name'],
    ['one letter again and again', { name: 'Bob', password: 'aaaaaaaaaaaa' }, 'more than three different'],
  ])('is refused for %s, and says so next to the field', async (_, wish, sentence) => {
    const browser = visitor(server);

    const answer = await browser.submit(await browser.open('/sign-up'), '/sign-up', { password: PASSWORD, ...wish });

    expect(answer.status).toBe(400);
    expect(answer.html).toContain(sentence);
    expect(answer.html).toContain('aria-invalid="true"');
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('gives a name to only one of five people who want it at the same time', async () => {
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => signUp(server, 'Wanted')));

    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('Signing in', () => {
  test('works with the password, whatever the case of the name', async () => {
    await signUp(server, 'Carol');

    const { browser } = await logIn(server, 'CAROL');

    expect(await isSignedIn(browser)).toBe(true);
  });

  test('gives the same answer for a wrong password and an unknown name', async () => {
    await signUp(server, 'Dora');
    const body = ({ html }: { html: string }) => html.replace(/data-options="[^"]*"|value="[^"]*"/g, '');

    const wrong = await logIn(server, 'Dora', 'not the password');
    const nobody = await logIn(server, 'Nobody', 'not the password');

    expect([wrong.page.status, nobody.page.status]).toEqual([400, 400]);
    expect(wrong.page.html).toContain('Wrong name or password');
    expect(body(nobody.page)).toBe(body(wrong.page));
    expect(await isSignedIn(wrong.browser)).toBe(false);
  });

  test('sets a new cookie, and a cookie that was set before is worthless', async () => {
    await signUp(server, 'Erin');
    const victim = visitor(server);
    await victim.open('/login');
    const planted = new Map(victim.cookies);

    await logIn(server, 'Erin', PASSWORD, victim);
    const mallory = visitor(server);
    for (const [name, value] of planted) mallory.cookies.set(name, value);

    expect(await isSignedIn(victim)).toBe(true);
    expect(await isSignedIn(mallory)).toBe(false);
  });

  test('works after a crash of the server', async () => {
    const { browser } = await signUp(server, 'Frank');
    const login = await visitor(server).open('/login');

    await server.crashAndRestart();

    expect(login.status).toBe(200);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('Signing out', () => {
  test('ends the browser session', async () => {
    const { browser } = await signUp(server, 'Grace');
    const copy = visitor(server);
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);

    await browser.submit(await browser.open('/account'), '/logout');

    expect(await isSignedIn(copy)).toBe(false);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('is possible everywhere at once, and for one other browser', async () => {
    const { browser } = await signUp(server, 'Heidi');
    const [second, third] = [await logIn(server, 'Heidi'), await logIn(server, 'Heidi')];

    await browser.submit(await browser.open('/account'), '/account/browsers/end');
    const left = [second, third].map(({ browser: each }) => isSignedIn(each));
    expect((await Promise.all(left)).filter(Boolean)).toHaveLength(1);

    await browser.submit(await browser.open('/account'), '/account/browsers/end-all');
    expect(await Promise.all([browser, second.browser, third.browser].map(isSignedIn))).toEqual([false, false, false]);
  });
});

describe('Changing the password', () => {
  test('requires the old one, signs out everywhere else, and gives this browser a new cookie', async () => {
    const { browser } = await signUp(server, 'Ivan');
    const { browser: other } = await logIn(server, 'Ivan');
    const before = browser.cookieHeader;
    const change = async (current: string, password: string) =>
      browser.submit(await browser.open('/account'), '/account/password', { current, password });

    expect((await change('wrong password', 'another good one')).html).toContain('Wrong password.');
    expect((await change(PASSWORD, 'short')).html).toContain('A password must have at least 10');
    expect(await isSignedIn(other)).toBe(true);
    expect((await change(PASSWORD, 'another good one')).status).toBe(200);

    expect(browser.cookieHeader).not.toBe(before);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(other)).toBe(false);
    expect((await logIn(server, 'Ivan')).page.status).toBe(400);
    expect((await logIn(server, 'Ivan', 'another good one')).page.status).toBe(200);
  });
});

test('No password and no cookie value is in the database or in the log', async () => {
  const { browser } = await signUp(server, 'Judy');
  const [secret = ''] = browser.cookies.values();
  await logIn(server, 'Judy', 'a canary as a wrong password');

  const kept = `${everythingStored(server.dataDir)}\n${server.log()}`;

  expect(kept).toContain('Judy');
  for (const canary of [PASSWORD, 'a canary as', secret, secret.slice(4)]) expect(kept).not.toContain(canary);
});
