import { randomBytes } from 'node:crypto';

/** The prefix of each kind of secret, so that the log can remove it and a finder can see what leaked. */
export type SecretKind = 'pat' | 'paa' | 'ppt' | 'prt' | 'pac' | 'pcs' | 'pct' | 'pai' | 'pws';

/** A secret token with 256 random bits. Only its hash is stored. */
export const newToken = (kind: SecretKind) => `${kind}_${randomBytes(32).toString('base64url')}`;
