import { fromBase64 } from '../encoding/base64.js';
import { areEqual, fromHex, sha256 } from '../encoding/hashes.js';
import { FormatError } from '../encoding/json.js';
import { isSafeKey } from './ed25519.js';

/** The signature types of C2SP signed notes that this verifier knows. */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;

/** A key of C2SP signed notes: `<name>+<key id>+<base64 of the type and the key>`. */
export interface VerifierKey {
  readonly text: string;
  readonly name: string;
  readonly id: Uint8Array;
  readonly type: typeof ED25519 | typeof COSIGNATURE;
  readonly key: Uint8Array;
}

/** Throws a FormatError if the text is not a key of one of these types. */
export function readVerifierKey(text: string, types: readonly number[]): VerifierKey {
  const [name = '', idDigits = '', ...rest] = text.split('+');
  const [id, coded] = [fromHex(idDigits, 4), fromBase64(rest.join('+'))];
  if (!isKeyName(name) || !id || coded?.length !== 33)
    throw new FormatError('a verifier key is not <name>+<id>+<base64>');
  const [type, key] = [coded[0] as number, coded.subarray(1)];
  if (!types.includes(type)) throw new FormatError(`the key ${name} has a type that is not known here`);
  if (!areEqual(id, sha256(name, Uint8Array.of(0x0a), coded).subarray(0, 4))) {
    throw new FormatError(`the id of the key ${name} does not belong to it`);
  }
  if (!isSafeKey(key)) throw new FormatError(`the key ${name} is not a safe Ed25519 key`);
  return { text, name, id, type: type as VerifierKey['type'], key };
}

/** Not empty, without spaces and plus signs. */
export const isKeyName = (name: string): boolean => name !== '' && !/[\s+\p{Zs}]/u.test(name);
