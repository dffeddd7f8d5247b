import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Scope } from '../../kernel/caller.js';

/** What a refresh token was exchanged for. */
export interface Successor {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scopes: Scope[];
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Text for a column from which only who still has the used refresh token learns what it was exchanged for. The key comes from
 * that token, which is stored nowhere, so neither the database nor any file of the server opens it.
 */
export function sealSuccessor(successor: Successor, usedToken: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(usedToken), nonce, { authTagLength: TAG_BYTES });
  const text = cipher.update(JSON.stringify(successor), 'utf8');
  return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** What was sealed. Throws where it was changed, or sealed with another token. */
export function openSuccessor(sealed: string, usedToken: string): Successor {
  const bytes = Buffer.from(sealed, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, keyOf(usedToken), nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  return JSON.parse(Buffer.concat([text, decipher.final()]).toString('utf8'));
}

/** The token has 256 bits of chance, so no work factor is needed. */
const keyOf = (token: string) =>
  Buffer.from(hkdfSync('sha256', token, '', 'parley: what a refresh token was exchanged for', 32));
