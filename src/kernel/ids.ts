import { createHash, randomBytes } from 'node:crypto';

/** A public id: a prefix such as `chn` and 11 url-safe characters (64 random bits). */
export const newId = (prefix: string) => `${prefix}_${randomBytes(8).toString('base64url')}`;

/** A secret that grants access, such as an invite: a prefix and 22 url-safe characters (128 random bits). */
export const newSecret = (prefix: string) => `${prefix}_${randomBytes(16).toString('base64url')}`;

/** The stored form of a secret: hex of its SHA-256. Our secrets are long random values, so no salt is needed. */
export const hashOfSecret = (secret: string) => createHash('sha256').update(secret).digest('hex');
