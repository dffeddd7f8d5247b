import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addPasskey, grant, logIn, PASSWORD, showPasskey, signUp, visitor } from '../support/accounts.js';
import { adminCommand } from '../support/admin.js';
import { eventually } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { callerOf, everythingStored } from '../support/stored.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ AUTH_MODE: 'accounts', SIGN_UP: 'closed' });
});
afterAll(async () => await server[Symbol.asyncDispose]());

const codeFor = async (...args: string[]) =>
  new URL(await adminCommand(server, ...args)).searchParams.get('code') ?? '';
const files = () => readdirSync(join(server.dataDir, 'account-invites'));
const roleOf = async (name: string) => /a member|a moderator|an admin/.exec((await logIn(server, name)).page.html)?.[0];

describe('The first admin', () => {
  test('is created while the server runs: the link works once, its file is deleted, and the code is not stored', async () => {
    const code = await codeFor('create', 'Alice');
    expect(files()).toHaveLength(1);

    const { browser } = await signUp(server, 'whatever', code);

    expect((await browser.open('/account')).html).toContain('<strong>Alice</strong>, an admin');
    await eventually(async () => files().length === 0);
    await expect(signUp(server, 'again', code)).rejects.toThrow();
    expect(`${everythingStored(server.dataDir)}${server.log()}`).not.toContain(code);
  });

  test('is created while the server does not run', async () => {
    await server.stop();
    const code = await codeFor('create', 'Bob');
    await server.start();

    await signUp(server, 'Bob', code);

    expect(await roleOf('Bob')).toBe('an admin');
  });

  test('can still be created if the server crashes between the page and the password', async () => {
    const code = await codeFor('create', 'Carol');
    const browser = visitor(server);
    const page = await browser.open(`/sign-up?code=${code}`);

    await server.crashAndRestart();
    const made = await browser.submit(page, '/sign-up', { password: PASSWORD });

    expect(made.html).toContain('<strong>Carol</strong>, an admin');
  });

  test('is created once if two people use the same link at the same time', async () => {
    const code = await codeFor('invite', '--role', 'admin');
    const named = await codeFor('create', 'Dora');

    const racing = await Promise.allSettled([signUp(server, 'x1', named), signUp(server, 'x2', named)]);

    expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(signUp(server, 'Nameless', code)).rejects.toThrow('Sign-up is closed');
  });
});

describe('An account whose owner lost access', () => {
  test('gets a new password with a link; all sessions and passkeys are deleted', async () => {
    const erin = await signUp(server, 'Erin', await codeFor('create', 'Erin'));
    const passkey = await addPasskey(erin);
    const { access_token } = await grant(server, erin.browser, ['channels', 'admin']);
    const code = await codeFor('reset', 'erin');
    const browser = visitor(server);

    const page = await browser.open(`/sign-up?code=${code}`);
    const done = await browser.submit(page, '/sign-up', { password: 'a wholly new one' });

    expect(page.html).toContain('A new password for <strong>erin</strong>');
    expect(done.html).toContain('<strong>Erin</strong>, an admin');
    expect((await logIn(server, 'Erin')).page.status).toBe(400);
    expect((await logIn(server, 'Erin', 'a wholly new one')).page.url).toMatch(/\/account$/);
    expect((await erin.browser.open('/account')).url).toMatch(/\/login$/);
    expect(callerOf(server.dataDir, access_token)).toBeUndefined();
    const other = visitor(server);
    expect((await showPasskey(other, await other.open('/login'), passkey)).status).toBe(400);
  });

  test('is refused if it does not exist', async () => {
    await expect(signUp(server, '', await codeFor('reset', 'Nobody'))).rejects.toThrow('This account no longer exists');
  });
});

test('An expired link is refused, and its file is deleted when the next link is created', async () => {
  const code = await codeFor('create', 'Late');
  for (const name of files()) {
    const file = join(server.dataDir, 'account-invites', name);
    const about = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...about, expires_at: Date.now() - 1 }));
  }

  await expect(signUp(server, 'Late', code)).rejects.toThrow('Sign-up is closed');

  await codeFor('create', 'Next');
  expect(files()).toHaveLength(1);
});

test.each([
  ['create'],
  ['create', 'System'],
  ['create', 'a', 'b'],
  ['reset'],
  ['invite', 'Bob'],
  ['invite', '--role', 'god'],
  ['crate', 'Bob'],
])('The command %s %s is refused, and the error names the valid values', async (...args) => {
  await expect(adminCommand(server, ...args)).rejects.toThrow(/npm run admin -- create NAME|NAME must have 2 to 24/);
});

test('If the operator resets an account while its password is being changed, the new password is not stored', async () => {
  await signUp(server, 'Frank', await codeFor('create', 'Frank'));
  const { browser: thief } = await logIn(server, 'Frank');
  const page = await thief.open('/account');
  const code = await codeFor('reset', 'Frank');
  const reset = visitor(server);
  const form = await reset.open(`/sign-up?code=${code}`);
  const OWNERS = 'the owner chose this one';

  const [, changed] = await Promise.all([
    reset.submit(form, '/sign-up', { name: 'Frank', password: OWNERS }),
    thief.submit(page, '/account/password', { current: PASSWORD, password: 'the thief chose this one' }),
  ]);

  expect(changed.html).not.toContain('the thief');
  expect((await logIn(server, 'Frank', 'the thief chose this one')).page.url).toContain('/login');
  expect((await logIn(server, 'Frank', OWNERS)).page.url).not.toMatch(/\/login$/);
});
