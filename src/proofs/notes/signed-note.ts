import { isSignedBy } from '../../kernel/ed25519.js';
import { readBase64 } from './base64.js';
import { COSIGNATURE, isKeyName, type VerifierKey } from './verifier-key.js';

export interface SignatureLine {
  readonly name: string;
  readonly id: Buffer;
  readonly signature: Buffer;
}

/** A C2SP signed note: a text that ends in a line break, and lines of signatures over it. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
}

/** The limit of Go's note package. A reader must take at least 16 signatures. */
const MAX_BYTES = 1_000_000;
const MAX_SIGNATURES = 100;
const DASH = '\u2014';

export const noteText = ({ text, signatures }: SignedNote): string =>
  `${text}\n${signatures.map(signatureLine).join('')}`;

/** Reads a signed note (c2sp.org/signed-note); undefined if it is not well-formed. Checks no signature. */
export function readNote(note: string): SignedNote | undefined {
  const end = note.lastIndexOf('\n\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a note has no control characters but line breaks
  if (end < 0 || Buffer.byteLength(note) > MAX_BYTES || !note.isWellFormed() || /[\x00-\x09\x0b-\x1f]/.test(note))
    return undefined;
  const lines = note.slice(end + 2).split('\n');
  if (lines.pop() !== '' || !lines.length || lines.length > MAX_SIGNATURES) return undefined;
  const signatures = lines.map(readLine);
  return signatures.every((line) => line !== undefined) ? { text: note.slice(0, end + 1), signatures } : undefined;
}

/**
 * Those of the known keys that have signed the note; undefined if a signature of a known key is wrong, which makes the
 * whole note invalid. Lines of other keys are ignored.
 */
export function signersOf(note: SignedNote, known: readonly VerifierKey[]): VerifierKey[] | undefined {
  const signers = new Set<VerifierKey>();
  for (const line of note.signatures) {
    const key = known.find(({ name, id }) => name === line.name && id.equals(line.id));
    if (!key || signers.has(key)) continue;
    if (!isSigned(note.text, key, line.signature)) return undefined;
    signers.add(key);
  }
  return [...signers];
}

/** What a cosigner signs: a time in seconds since the epoch, and the note (c2sp.org/tlog-cosignature). */
export const cosignedText = (seconds: number, text: string) => `cosignature/v1\ntime ${seconds}\n${text}`;

/** The time of a cosignature, in seconds since the epoch. */
export const cosignatureTime = (signature: Buffer): number => Number(signature.readBigUInt64BE());

function isSigned(text: string, { type, key }: VerifierKey, signature: Buffer): boolean {
  if (signature.length !== (type === COSIGNATURE ? 72 : 64)) return false;
  if (type !== COSIGNATURE) return isSignedBy(key.toString('hex'), Buffer.from(text), signature.toString('hex'));
  const message = Buffer.from(cosignedText(cosignatureTime(signature), text));
  return isSignedBy(key.toString('hex'), message, signature.subarray(8).toString('hex'));
}

/** One line of a note. */
export const signatureLine = ({ name, id, signature }: SignatureLine): string =>
  `${DASH} ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;

function readLine(line: string): SignatureLine | undefined {
  const [dash, name = '', encoded = '', ...more] = line.split(' ');
  const bytes = readBase64(encoded);
  if (dash !== DASH || !isKeyName(name) || more.length || !bytes || bytes.length < 5) return undefined;
  return { name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}
