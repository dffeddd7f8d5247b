import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as sha256Of } from '@noble/hashes/sha2.js';

/** SHA-256 of parts, one after another. Texts are UTF-8. */
export function sha256(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const hash = sha256Of.create();
  for (const part of parts) hash.update(bytesOf(part));
  return hash.digest();
}

export const hmacSha256 = (key: Uint8Array, ...parts: readonly (string | Uint8Array)[]): Uint8Array => {
  const mac = hmac.create(sha256Of, key);
  for (const part of parts) mac.update(bytesOf(part));
  return mac.digest();
};

/** A hash as the log writes it: `sha256:` and hex digits. */
export const namedHash = (...parts: readonly (string | Uint8Array)[]): string => `sha256:${toHex(sha256(...parts))}`;

export const isNamedHash = (text: unknown): text is string =>
  typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text);

export const bytesOf = (part: string | Uint8Array): Uint8Array => (typeof part === 'string' ? UTF8.encode(part) : part);
const UTF8 = new TextEncoder();

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Undefined if the text is not lower-case hex of that many bytes. */
export function fromHex(text: string, length: number): Uint8Array | undefined {
  if (text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) return undefined;
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export const areEqual = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, i) => byte === other[i]);
