import { createHash } from 'node:crypto';

export type Hash = `sha256:${string}`;

/** SHA-256 over the parts one after another, as our JSON writes it: `sha256:` and 64 hex digits. Text counts as UTF-8. */
export function sha256(...parts: (string | Uint8Array)[]): Hash {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return `sha256:${hash.digest('hex')}`;
}
