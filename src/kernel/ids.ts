import { createHash, randomBytes } from 'node:crypto';

/** A public name of something: `chn_` and 11 more url-safe characters (64 bits of chance). */
export const newId = (prefix: string) => `${prefix}_${randomBytes(8).toString('base64url')}`;

/** Something that opens a door to whoever holds it: 22 url-safe characters after the prefix (128 bits of chance). */
export const newSecret = (prefix: string) => `${prefix}_${randomBytes(16).toString('base64url')}`;

/** The form in which a secret is stored and looked up: hex of its SHA-256. Secrets are long, so no salt is needed. */
export const hashOfSecret = (secret: string) => createHash('sha256').update(secret).digest('hex');
