import type { JSONWebKeySet } from 'jose';

export const MOST_KEYS = 10;
export const LONGEST_KEYS = 12_000;

/** Whether a value is a set of public keys, of a size that costs nothing to look through. */
export function isPublicKeySet(value: unknown): value is JSONWebKeySet {
  if (typeof value !== 'object' || value === null || JSON.stringify(value).length > LONGEST_KEYS) return false;
  const { keys } = value as { keys?: unknown };
  return Array.isArray(keys) && keys.length >= 1 && keys.length <= MOST_KEYS && keys.every(isPublicKey);
}

/** Of a kind that signs. Those with `k` are shared secrets, those with `d` somebody's private key. */
function isPublicKey(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, d, k } = key as Record<string, unknown>;
  return d === undefined && k === undefined && ['RSA', 'EC', 'OKP'].includes(String(kty));
}
