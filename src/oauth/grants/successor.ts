import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Scope } from '../../kernel/caller.js';

/** The tokens for which a refresh token was exchanged. */
export interface Successor {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scopes: Scope[];
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a successor for the database. The key is derived from the used refresh token, which is not stored, so only a
 * client that still has that token can get the successor.
 */
export function sealSuccessor(successor: Successor, usedToken: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(usedToken), nonce, { authTagLength: TAG_BYTES });
  const text = cipher.update(JSON.stringify(successor), 'utf8');
  return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** Decrypts a successor. Throws if it was changed or encrypted with another token. */
export function openSuccessor(sealed: string, usedToken: string): Successor {
  const bytes = Buffer.from(sealed, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, keyOf(usedToken), nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  return JSON.parse(Buffer.concat([text, decipher.final()]).toString('utf8'));
}

/** The token has 256 random bits, so the key derivation needs no work factor. */
const keyOf = (token: string) =>
  Buffer.from(hkdfSync('sha256', token, '', 'parley: what a refresh token was exchanged for', 32));
