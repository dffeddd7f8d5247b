import { randomBytes } from 'node:crypto';

/** What each kind of secret starts with, so that the log can take it out and a finder knows what was leaked. */
export type SecretKind = 'pat' | 'paa' | 'ppt' | 'prt' | 'pac' | 'pcs' | 'pct' | 'pai' | 'pws';

/** An opaque secret with 256 bits of chance. Only its hash is stored. */
export const newToken = (kind: SecretKind) => `${kind}_${randomBytes(32).toString('base64url')}`;
