import { verify } from 'node:crypto';

/**
 * Whether a signature (128 hex digits) over a message was made with the secret half of a key (64 hex digits). Stricter than
 * the engine's own check: one signature has one way to be written, and keys that verify almost anything are none.
 */
export function isSignedBy(key: string, message: Uint8Array, signature: string): boolean {
  const [point, scalar] = [signature.slice(0, 64), signature.slice(64)];
  if (!isSoundKey(key) || isOfSmallOrder(heightOf(point)) || numberOf(scalar) >= ORDER) return false;
  const x = Buffer.from(key, 'hex').toString('base64url');
  const jwk = { key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' } as const;
  return verify(null, message, jwk, Buffer.from(signature, 'hex'));
}

/** A point of the curve, written in the one way there is, and not one of the eight whose multiples are nearly all alike. */
export function isSoundKey(key: string): boolean {
  const y = heightOf(key);
  return y < PRIME && isOnCurve(y) && !isOfSmallOrder(y);
}

/** RFC 8032 section 5.1: the field, the order of the base point, and d of -x² + y² = 1 + d x² y². */
const PRIME = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** x² = (y² - 1) / (d y² + 1) has to have a root. */
function isOnCurve(y: bigint): boolean {
  const ratio = modulo((y * y - 1n) * (D * y * y + 1n));
  return power(ratio, (PRIME - 1n) / 2n) <= 1n;
}

/** Of order 1, 2 and 4 are y = 1, -1 and 0; those of order 8 double to y = 0, which is d y⁴ + 2 y² = 1. */
function isOfSmallOrder(y: bigint): boolean {
  const square = modulo(y * y);
  return square <= 1n || modulo(D * square * square + 2n * square - 1n) === 0n;
}

/** The last bit is the sign of x. */
const heightOf = (point: string) => numberOf(point) & ~(1n << 255n);

/** Numbers are written with their lowest byte first. */
const numberOf = (hex: string) => BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`);

const modulo = (n: bigint) => ((n % PRIME) + PRIME) % PRIME;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [square, left] = [base, exponent]; left > 0n; square = modulo(square * square), left >>= 1n) {
    if (left & 1n) result = modulo(result * square);
  }
  return result;
}
