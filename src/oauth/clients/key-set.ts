import type { JSONWebKeySet } from 'jose';

export const MAX_KEYS = 10;
export const MAX_KEYS_LENGTH = 12_000;

/** Whether a value is a set of public keys of limited size. */
export function isPublicKeySet(value: unknown): value is JSONWebKeySet {
  if (typeof value !== 'object' || value === null || JSON.stringify(value).length > MAX_KEYS_LENGTH) return false;
  const { keys } = value as { keys?: unknown };
  return Array.isArray(keys) && keys.length >= 1 && keys.length <= MAX_KEYS && keys.every(isPublicKey);
}

/** Whether a key can verify signatures. Keys with `k` are shared secrets, keys with `d` are private. */
function isPublicKey(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, d, k } = key as Record<string, unknown>;
  return d === undefined && k === undefined && ['RSA', 'EC', 'OKP'].includes(String(kty));
}
