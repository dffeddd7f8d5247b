import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addPasskey, logIn, PASSWORD, showPasskey, signUp, visitor, WITH_ACCOUNTS } from '../support/accounts.js';
import { type RunningServer, startServer } from '../support/server.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer(WITH_ACCOUNTS);
});
afterAll(async () => await server[Symbol.asyncDispose]());

async function took(work: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
}

test('An unknown name takes as long as a wrong password', async () => {
  await signUp(server, 'Alice');
  const times = { wrong: [] as number[], nobody: [] as number[] };

  for (let i = 0; i < 5; i++) {
    times.wrong.push(await took(logIn(server, 'Alice', `a wrong one ${i}`)));
    times.nobody.push(await took(logIn(server, `Nobody-${i}`, `a wrong one ${i}`)));
  }

  // Without the hash it would be a tenth; a busy machine only adds.
  const [wrong, nobody] = [Math.min(...times.wrong), Math.min(...times.nobody)];
  expect(nobody).toBeGreaterThan(wrong / 2);
  expect(wrong).toBeGreaterThan(nobody / 2);
});

describe('An address that guesses passwords', () => {
  test('must wait, even with the right password; other users are not affected, and a passkey always works', async () => {
    const bob = await signUp(server, 'Bob');
    await signUp(server, 'Carol');
    const passkey = await addPasskey(bob);

    const guesses = [];
    for (let i = 0; i < 10; i++) guesses.push((await logIn(server, 'BOB', `a wrong one ${i}`)).page);
    const right = (await logIn(server, 'Bob', PASSWORD)).page;
    const carol = (await logIn(server, 'Carol', PASSWORD)).page;

    expect(guesses.map(({ status }) => status)).toEqual([...Array(8).fill(400), 429, 429]);
    expect(right.status).toBe(429);
    expect(right.html).toContain('Too many attempts. Wait');
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(right.headers.get('retry-after'))).toBeLessThanOrEqual(600);
    expect(carol.url).toMatch(/\/account$/);
    const browser = visitor(server);
    expect((await showPasskey(browser, await browser.open('/login'), passkey)).html).toContain('<strong>Bob</strong>');
  });

  test('for an unknown name gets the same answers as for a known one', async () => {
    const statuses = [];
    for (let i = 0; i < 10; i++) statuses.push((await logIn(server, 'Ghost', `a wrong one ${i}`)).page.status);

    expect(statuses).toEqual([...Array(8).fill(400), 429, 429]);
  });

  test('in the form that changes the password is limited in the same way', async () => {
    const { browser } = await signUp(server, 'Dora');
    const page = await browser.open('/account');
    const guess = (current: string) =>
      browser.submit(page, '/account/password', { current, password: 'a good new one' });

    for (let i = 0; i < 8; i++) expect((await guess(`a wrong one ${i}`)).html).toContain('Wrong password');

    expect((await guess(PASSWORD)).html).toContain('Too many attempts');
    expect((await browser.open('/account')).status).toBe(200);
  });
});

test('Many sign-ins at once do not delay other requests', async () => {
  let answered = 0;
  const storm = Array.from({ length: 30 }, async (_, i) => {
    const { page } = await logIn(server, `Storm-${i}`, 'a wrong password');
    answered += 1;
    return page;
  });

  const calm = await fetch(`${server.url}/readyz`);

  expect(calm.status).toBe(200);
  expect(answered).toBeLessThan(30);
  const statuses = (await Promise.all(storm)).map(({ status }) => status);
  expect(statuses.every((status) => status === 400 || status === 429)).toBe(true);
});
