import { expect, test } from '@jest/globals';
import { hashPassword, isPassword } from './password-hash.js';

test('A password is known again, also when its accents are composed differently, and no other is', async () => {
  const stored = await hashPassword('p\u00e4ssword long');

  expect(await isPassword('pa\u0308ssword long', stored)).toBe(true);
  expect(await isPassword('passward long', stored)).toBe(false);
  expect(await isPassword('', stored)).toBe(false);
});

test('The same password is stored differently each time, with what it cost', async () => {
  const [first, second] = await Promise.all(['one password', 'one password'].map(hashPassword));

  expect(first).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  expect(second).not.toBe(first);
  expect(first).not.toContain('one password');
});

test('What was stored at another cost is still known', async () => {
  const cheap = 'scrypt$1024$8$1$AAAAAAAAAAAAAAAAAAAAAA$';
  const other = `${cheap}${Buffer.alloc(32).toString('base64url')}`;

  expect(await isPassword('anything at all', other)).toBe(false);
});

test('Nobody has a password', async () => {
  expect(await isPassword('', null)).toBe(false);
});
