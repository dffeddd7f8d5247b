import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as hash } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

const bytesOf = (data: string | Uint8Array) => (typeof data === 'string' ? utf8ToBytes(data) : data);

/** These take the place of bot-sdk/digest.ts in the browser. */
export const sha256 = (data: string | Uint8Array): Uint8Array => hash(bytesOf(data));
export const hmacSha256 = (key: string | Uint8Array, data: string | Uint8Array): Uint8Array =>
  hmac(hash, bytesOf(key), bytesOf(data));
export const hex = (bytes: Uint8Array): string => bytesToHex(bytes);
export const utf8Bytes = (text: string): Uint8Array => hexToBytes(text);
