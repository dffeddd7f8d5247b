import { fromBase64 } from '../encoding/base64.js';
import { areEqual, bytesOf } from '../encoding/hashes.js';
import { FormatError } from '../encoding/json.js';
import { isSignedBy } from './ed25519.js';
import { COSIGNATURE, isKeyName, type VerifierKey } from './verifier-key.js';

export interface NoteSignature {
  readonly name: string;
  readonly id: Uint8Array;
  readonly value: Uint8Array;
}

/** A C2SP signed note. `text` includes its last newline and is what the signatures cover. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** More than the 16 that every reader has to accept; a note with more is refused. */
const MAX_SIGNATURES = 100;

/** Reads a note without verifying any signature. Throws a FormatError. */
export function readNote(note: string): Note {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new FormatError('a note has no signatures');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a note must not contain them
  if (!note.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/.test(note)) {
    throw new FormatError('a note contains control characters');
  }
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new FormatError(`a note has more than ${MAX_SIGNATURES} signatures`);
  return { text: note.slice(0, end + 1), signatures: lines.map(signatureIn) };
}

function signatureIn(line: string): NoteSignature {
  const [, name = '', coded = ''] = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  const bytes = fromBase64(coded);
  if (!isKeyName(name) || !bytes || bytes.length < 5) throw new FormatError('a signature of a note is malformed');
  return { name, id: bytes.subarray(0, 4), value: bytes.subarray(4) };
}

/**
 * The keys that have signed the note. Signatures of other keys are ignored. Throws a FormatError if a signature by one of
 * these keys is wrong: then nothing in the note may be trusted.
 */
export function signersOf(note: Note, keys: readonly VerifierKey[]): VerifierKey[] {
  const signers = new Set<VerifierKey>();
  for (const { name, id, value } of note.signatures) {
    const key = keys.find((each) => each.name === name && areEqual(each.id, id));
    if (!key) continue;
    if (!isSignatureOf(key, note.text, value)) throw new FormatError(`the signature of ${name} is wrong`);
    signers.add(key);
  }
  return [...signers];
}

/** Cosignatures (c2sp.org/tlog-cosignature) begin with the time, which they cover. */
function isSignatureOf({ type, key }: VerifierKey, text: string, value: Uint8Array): boolean {
  if (type !== COSIGNATURE) return isSignedBy(key, bytesOf(text), value);
  if (value.length !== 72) return false;
  const time = new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0);
  return isSignedBy(key, bytesOf(`cosignature/v1\ntime ${time}\n${text}`), value.subarray(8));
}
