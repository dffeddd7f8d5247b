import { expect, test } from '@jest/globals';
import { hashPassword, isPassword } from './password-hash.js';

test('A password is accepted, also if its accents are composed differently, and no other one is', async () => {
  const stored = await hashPassword('p\u00e4ssword long');

  expect(await isPassword('pa\u0308ssword long', stored)).toBe(true);
  expect(await isPassword('passward long', stored)).toBe(false);
  expect(await isPassword('', stored)).toBe(false);
});

test('Two hashes of the same password differ, and contain their parameters', async () => {
  const [first, second] = await Promise.all(['one password', 'one password'].map(hashPassword));

  expect(first).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  expect(second).not.toBe(first);
  expect(first).not.toContain('one password');
});

test('Hashes with other parameters can still be verified', async () => {
  const cheap = 'scrypt$1024$8$1$AAAAAAAAAAAAAAAAAAAAAA$';
  const other = `${cheap}${Buffer.alloc(32).toString('base64url')}`;

  expect(await isPassword('anything at all', other)).toBe(false);
});

test('An account without a password accepts no password', async () => {
  expect(await isPassword('', null)).toBe(false);
});
