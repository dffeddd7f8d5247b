import { createHash } from 'node:crypto';
import { readBase64 } from './base64.js';

/** The signature types of C2SP signed notes that we know: a plain Ed25519 signature, and a cosignature with a time. */
export const ED25519 = 1;
export const COSIGNATURE = 4;

/** Somebody who signs notes, as the text of a `vkey` names it: `<name>+<hash>+<type and key>`. */
export interface VerifierKey {
  readonly name: string;
  /** The first four bytes of SHA-256 over name and key, which a signature line begins with. */
  readonly id: Buffer;
  readonly type: number;
  /** The raw key of 32 bytes. */
  readonly key: Buffer;
}

/** Names a key (c2sp.org/signed-note). */
export function verifierKey(name: string, key: Buffer, type = ED25519): VerifierKey {
  return { name, key, type, id: keyId(name, type, key) };
}

export const vkeyText = ({ name, id, type, key }: VerifierKey): string =>
  `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.of(type), key]).toString('base64')}`;

/** Reads a `vkey`; undefined if it is not well-formed, or of a type that we do not know. */
export function readVkey(text: string): VerifierKey | undefined {
  const [name = '', hash = '', encoded = ''] = partsOf(text);
  const typed = readBase64(encoded);
  const type = typed?.[0];
  if (!isKeyName(name) || typed?.length !== 33 || (type !== ED25519 && type !== COSIGNATURE)) return undefined;
  const found = verifierKey(name, typed.subarray(1), type);
  return found.id.toString('hex') === hash ? found : undefined;
}

/** A name of a key is not empty and has neither white space nor a plus sign. */
export const isKeyName = (name: string) => /^[^\s+]+$/u.test(name) && name.isWellFormed();

const keyId = (name: string, type: number, key: Buffer) =>
  createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(key).digest().subarray(0, 4);

/** Base64 may contain a plus sign, so only the first two are separators. */
function partsOf(text: string): string[] {
  const [name = '', hash = '', ...rest] = text.split('+');
  return [name, hash, rest.join('+')];
}
