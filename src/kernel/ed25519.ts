import { verify } from 'node:crypto';

/**
 * Verifies a signature (128 hex digits) over a message with a public key (64 hex digits), RFC 8032. Stricter than
 * Node's own check: it rejects non-canonical encodings and keys of small order, for which almost any signature is
 * valid.
 */
export function isSignedBy(key: string, message: Uint8Array, signature: string): boolean {
  const [point, scalar] = [signature.slice(0, 64), signature.slice(64)];
  if (!isSafePublicKey(key) || isOfSmallOrder(heightOf(point)) || numberOf(scalar) >= ORDER) return false;
  const x = Buffer.from(key, 'hex').toString('base64url');
  const jwk = { key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' } as const;
  return verify(null, message, jwk, Buffer.from(signature, 'hex'));
}

/** Whether a key is a canonically encoded point of the curve and not one of the eight points of small order. */
export function isSafePublicKey(key: string): boolean {
  const y = heightOf(key);
  return y < PRIME && isOnCurve(y) && !isOfSmallOrder(y);
}

/** RFC 8032 section 5.1: the prime of the field, the order of the base point, and d of -x² + y² = 1 + d x² y². */
const PRIME = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** The point is on the curve if x² = (y² - 1) / (d y² + 1) has a square root. */
function isOnCurve(y: bigint): boolean {
  const ratio = modulo((y * y - 1n) * (D * y * y + 1n));
  return power(ratio, (PRIME - 1n) / 2n) <= 1n;
}

/** Points of order 1, 2 and 4 have y = 1, -1 and 0; those of order 8 double to y = 0, so d y⁴ + 2 y² = 1. */
function isOfSmallOrder(y: bigint): boolean {
  const square = modulo(y * y);
  return square <= 1n || modulo(D * square * square + 2n * square - 1n) === 0n;
}

/** The y coordinate without the highest bit, which is the sign of x. */
const heightOf = (point: string) => numberOf(point) & ~(1n << 255n);

/** Numbers are little-endian. */
const numberOf = (hex: string) => BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`);

const modulo = (n: bigint) => ((n % PRIME) + PRIME) % PRIME;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [square, left] = [base, exponent]; left > 0n; square = modulo(square * square), left >>= 1n) {
    if (left & 1n) result = modulo(result * square);
  }
  return result;
}
