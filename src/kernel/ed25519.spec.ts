import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { isSafePublicKey, isSignedBy } from './ed25519.js';

/** RFC 8032 section 7.1, tests 1 and 2. */
const VECTORS = [
  [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
] as const;
const [KEY, , SIGNATURE] = VECTORS[0];
const bytes = (hex: string) => Buffer.from(hex, 'hex');
const engineAccepts = (key: string, message: Uint8Array, signature: string) =>
  verify(
    null,
    message,
    { key: { kty: 'OKP', crv: 'Ed25519', x: bytes(key).toString('base64url') }, format: 'jwk' },
    bytes(signature),
  );

describe('A signature', () => {
  test.each(VECTORS)('of the RFC verifies: key %s', (key, message, signature) => {
    expect(isSignedBy(key, bytes(message), signature)).toBe(true);
    expect(isSignedBy(key, bytes(`${message}00`), signature)).toBe(false);
  });

  test('of a hundred keys and messages verifies, and not after one bit was changed', () => {
    for (let i = 0; i < 100; i++) {
      const seed = Buffer.alloc(32, i);
      const der = Buffer.concat([bytes('302e020100300506032b657004220420'), seed]);
      const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      const key = bytes(
        Buffer.from(String(createPublicKey(secret).export({ format: 'jwk' }).x), 'base64url').toString('hex'),
      ).toString('hex');
      const signature = sign(null, seed, secret);
      expect(isSignedBy(key, seed, signature.toString('hex'))).toBe(true);
      signature[i % 64]! ^= 1 << (i % 8);
      expect(isSignedBy(key, seed, signature.toString('hex'))).toBe(false);
    }
  });

  test('has no second valid encoding', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const scalar = BigInt(`0x${bytes(SIGNATURE.slice(64)).reverse().toString('hex')}`);
    const second = bytes((scalar + order).toString(16).padStart(64, '0'))
      .reverse()
      .toString('hex');

    expect(isSignedBy(KEY, bytes(''), SIGNATURE.slice(0, 64) + second)).toBe(false);
  });
});

describe('A key', () => {
  const HIGHEST = 'f'.repeat(62);
  test.each([
    ['of order 1', `01${'0'.repeat(62)}`],
    ['of order 1, written with a sign', `01${'0'.repeat(60)}80`],
    ['of order 1, as prime + 1', `ee${HIGHEST.slice(2)}7f`],
    ['of order 2', `ec${HIGHEST.slice(2)}7f`],
    ['of order 4', '0'.repeat(64)],
    ['of order 4, with the other sign', `${'0'.repeat(62)}80`],
    ['of order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['of order 8, with the other sign', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
    ['of order 8, the other height', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ])('%s is refused, because signatures that nobody made verify with it', (_case, key) => {
    const forged = `01${'0'.repeat(126)}`;
    const messages = Array.from({ length: 200 }, (_, i) => Buffer.from(`never signed ${i}`));

    expect(messages.some((message) => engineAccepts(key, message, forged))).toBe(true);
    expect(messages.some((message) => isSignedBy(key, message, forged))).toBe(false);
    expect(isSafePublicKey(key)).toBe(false);
  });

  test('must be a point of the curve', () => {
    expect(VECTORS.every(([key]) => isSafePublicKey(key))).toBe(true);
    expect(isSafePublicKey(`02${'0'.repeat(62)}`)).toBe(false);
  });
});
