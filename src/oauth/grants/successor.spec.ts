import { expect, test } from '@jest/globals';
import { openSuccessor, type Successor, sealSuccessor } from './successor.js';

const successor: Successor = { accessToken: 'pat_a', refreshToken: 'prt_b', scopes: ['channels'] };

test('a successor can be decrypted with the used token', () => {
  const sealed = sealSuccessor(successor, 'prt_used');

  expect(sealed).not.toContain('prt_b');
  expect(openSuccessor(sealed, 'prt_used')).toEqual(successor);
});

test('no other token decrypts it, and it cannot be changed', () => {
  const sealed = sealSuccessor(successor, 'prt_used');
  const changed = Buffer.from(sealed, 'base64url');
  changed[20] = (changed[20] ?? 0) ^ 1;

  expect(() => openSuccessor(sealed, 'prt_b')).toThrow();
  expect(() => openSuccessor(changed.toString('base64url'), 'prt_used')).toThrow();
});
