import { createHash, createHmac } from 'node:crypto';

/** The hash functions used here, in one file that a browser build can replace. Strings are hashed as UTF-8. */
export function sha256(data: string | Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest();
}

export function hmacSha256(key: string | Uint8Array, data: string | Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(data).digest();
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes that a text of hex digits stands for, such as the 32 bytes of a key. */
export function utf8Bytes(text: string): Uint8Array {
  return new Uint8Array(
    Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)),
  );
}
