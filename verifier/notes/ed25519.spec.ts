import { describe, expect, test } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { isSafeKey, isSignedBy } from './ed25519.js';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const verified = (key: string, message: string, signature: string) =>
  isSignedBy(bytes(key), bytes(message), bytes(signature));

/** RFC 8032, section 7.1: key, message, signature. */
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
  [
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;

/** The eight points of small order, and encodings of them that are not canonical. */
const SMALL = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
];
const NOT_CANONICAL = [
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  // y = p + 3, of which 3 is the height of a point of large order.
  'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

describe('A signature', () => {
  test.each(VECTORS)('of RFC 8032 under %s is right, and no other', (key, message, signature) => {
    expect(verified(key, message, signature)).toBe(true);
    expect(verified(key, `${message}00`, signature)).toBe(false);
    for (const at of [0, 31, 32, 63]) {
      const changed = bytes(signature);
      changed[at] = (changed[at] as number) ^ 1;
      expect(isSignedBy(bytes(key), bytes(message), changed)).toBe(false);
    }
  });

  test('with the order of the group added to its scalar is wrong', () => {
    const [key, message, signature] = VECTORS[0];
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const scalar = BigInt(`0x${Buffer.from(signature.slice(64), 'hex').reverse().toString('hex')}`) + order;
    const malleated = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse().toString('hex');

    expect(verified(key, message, signature.slice(0, 64) + malleated)).toBe(false);
  });

  test.each([...SMALL, ...NOT_CANONICAL])('under the key %s, or with it as its point, is wrong', (point) => {
    expect(isSafeKey(bytes(point))).toBe(false);
    expect(verified(point, '00', point + '00'.repeat(32))).toBe(false);
    expect(verified(point, '00', SMALL[0] + '00'.repeat(32))).toBe(false);
    expect(verified(VECTORS[0][0], '', point + VECTORS[0][2].slice(64))).toBe(false);
  });

  test.each(['', '00', '00'.repeat(63), '00'.repeat(64), '00'.repeat(65), 'ff'.repeat(64)])(
    'of the bytes %s is wrong',
    (signature) => {
      expect(verified(VECTORS[0][0], '', signature)).toBe(false);
      expect(isSignedBy(bytes(VECTORS[0][0]).subarray(1), bytes(''), bytes(VECTORS[0][2]))).toBe(false);
    },
  );

  test('that is right only with the cofactor is wrong: other verifiers would refuse it', () => {
    const { Point } = ed25519;
    const order = Point.Fn.ORDER;
    const torsion = Point.fromBytes(bytes(SMALL[4] as string), true);
    const [secret, nonce] = [123_456_789n, 987_654_321n];
    const key = Point.BASE.multiply(secret).add(torsion).toBytes();
    const point = Point.BASE.multiply(nonce).toBytes();
    const littleEndian = (number: bigint) => Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();
    const numberOf = (hash: Uint8Array) => BigInt(`0x${Buffer.from(hash).reverse().toString('hex')}`) % order;
    const attempts = Array.from({ length: 8 }, (_, i) => {
      const message = Uint8Array.of(i);
      const challenge = numberOf(sha512(Buffer.concat([point, key, message])));
      const signature = Buffer.concat([point, littleEndian((nonce + challenge * secret) % order)]);
      return { message, signature, isTorsionFree: challenge % 8n === 0n };
    });

    for (const { message, signature, isTorsionFree } of attempts) {
      expect(isSignedBy(key, message, signature)).toBe(isTorsionFree);
    }
    expect(attempts.some(({ isTorsionFree }) => !isTorsionFree)).toBe(true);
  });
});
