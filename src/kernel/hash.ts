import { createHash } from 'node:crypto';

export type Hash = `sha256:${string}`;

/**
 * The SHA-256 of the concatenated parts, as our JSON writes it: `sha256:` and 64 hex digits. Text is hashed as UTF-8.
 */
export function contentHash(...parts: (string | Uint8Array)[]): Hash {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return `sha256:${hash.digest('hex')}`;
}
