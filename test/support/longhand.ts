import { createHash, createHmac } from 'node:crypto';

/** The rules of the proofs written down a second time, as plainly as possible, so that a test trusts no code of ours. */
export const sha256 = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

export const hmacSha256 = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest('hex');

/** Canonical JSON (RFC 8785) of values without lone surrogates. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}
