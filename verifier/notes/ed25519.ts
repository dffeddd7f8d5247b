import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';

const { Point } = ed25519;

/**
 * Verifies an Ed25519 signature (RFC 8032, section 5.1.7) with the stricter of all choices that the RFC leaves open: both
 * points are canonically encoded and not of small order, the scalar is below the order of the group, and the equation holds
 * without the cofactor. Then no two verifiers disagree about a signature.
 */
export function isSignedBy(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const [commitment, scalar] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
  const [A, R] = [pointOf(key), pointOf(commitment)];
  if (!A || !R || scalar >= ORDER) return false;
  const hash = sha512.create().update(commitment).update(key).update(message).digest();
  const challenge = littleEndian(hash) % ORDER;
  const expected = R.add(multiplied(A, challenge));
  return multiplied(Point.BASE, scalar).equals(expected);
}

/** Whether a public key is canonically encoded, a point of the curve, and not of small order. */
export const isSafeKey = (key: Uint8Array): boolean => pointOf(key) !== undefined;

const ORDER = Point.Fn.ORDER;

function pointOf(bytes: Uint8Array) {
  if (bytes.length !== 32) return undefined;
  try {
    const point = Point.fromBytes(bytes, false);
    return point.isSmallOrder() ? undefined : point;
  } catch {
    return undefined;
  }
}

/** The library refuses to multiply by zero. All these numbers are public, so the time that it takes may show them. */
const multiplied = (point: InstanceType<typeof Point>, scalar: bigint) =>
  scalar === 0n ? Point.ZERO : point.multiplyUnsafe(scalar);

function littleEndian(bytes: Uint8Array): bigint {
  let number = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) number = (number << 8n) | BigInt(bytes[i] as number);
  return number;
}
