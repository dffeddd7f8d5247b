import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { checkpointText, readCheckpoint } from './checkpoint.js';
import { cosignedText, noteText, readNote, type SignatureLine, signersOf } from './signed-note.js';
import { readTlogProof, tlogProofText } from './tlog-proof.js';
import { COSIGNATURE, readVkey, type VerifierKey, verifierKey, vkeyText } from './verifier-key.js';

/** The example of the documentation of Go's package golang.org/x/mod/sumdb/note. */
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE =
  '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

describe('The example note of Go', () => {
  const key = readVkey(VKEY) as VerifierKey;

  test('is read, verified, and written as it was', () => {
    const note = readNote(`${TEXT}\n${SIGNATURE}`);

    expect(note?.text).toBe(TEXT);
    expect(note && signersOf(note, [key])).toEqual([key]);
    expect(note && noteText(note)).toBe(`${TEXT}\n${SIGNATURE}`);
    expect(vkeyText(key)).toBe(VKEY);
  });

  test('is refused when a letter of the text differs', () => {
    const note = readNote(`${TEXT.replace('problem', 'Problem')}\n${SIGNATURE}`);

    expect(note && signersOf(note, [key])).toBeUndefined();
  });

  test.each([
    ['another hash in the key', VKEY.replace('c74f20a3', 'c74f20a4')],
    ['another type of key', VKEY.replace('+ARpc', '+AhpcA')],
    ['a key that is not canonical base64', VKEY.replace(/W$/, 'X')],
    ['an empty name', VKEY.replace('PeterNeumann', '')],
  ])('has no key with %s', (_, text) => {
    expect(readVkey(text)).toBeUndefined();
  });
});

describe('A note with lines of several signers', () => {
  const text = checkpointText({ origin: 'log.example', size: 3, root: Buffer.alloc(32, 7) });
  const [log, witness] = [signer('log.example'), signer('witness.example', COSIGNATURE)];

  test('is verified with the known keys, and lines that are not known are ignored', () => {
    const others = Array.from({ length: 20 }, (_, i) => signer(`other.example/${i}`).line(text));
    const unknownKind = { name: 'log.example', id: Buffer.from('beef0000', 'hex'), signature: Buffer.alloc(2_420) };
    const note = readNote(noteText({ text, signatures: [...others, unknownKind, log.line(text), witness.line(text)] }));

    expect(note && signersOf(note, [log.key, witness.key])).toEqual([log.key, witness.key]);
    expect(note && signersOf(note, [witness.key])).toEqual([witness.key]);
    expect(note && signersOf(note, [])).toEqual([]);
  });

  test('is refused as a whole if the signature of a known key is wrong', () => {
    const wrong = { ...log.line(text), signature: log.line(`${text}more\n`).signature };
    const note = readNote(noteText({ text, signatures: [wrong, witness.line(text)] }));

    expect(note && signersOf(note, [log.key, witness.key])).toBeUndefined();
    expect(note && signersOf(note, [witness.key])).toEqual([witness.key]);
  });

  test('is refused if a known key signs with a wrong number of bytes', () => {
    const cut = { ...log.line(text), signature: log.line(text).signature.subarray(1) };
    const note = readNote(noteText({ text, signatures: [cut] }));

    expect(note && signersOf(note, [log.key])).toBeUndefined();
  });

  const whole = noteText({ text, signatures: [log.line(text)] });
  test.each([
    ['no signature', `${text}\n`],
    ['no empty line', whole.replace('\n\n', '\n')],
    ['no line break at the end', whole.slice(0, -1)],
    ['a hyphen in place of the dash', whole.replace('\u2014', '-')],
    ['a control character', whole.replace('log.example\n', 'log.example\r\n')],
    ['a tab', whole.replace('log.example\n', 'log.example\t\n')],
    ['base64 that is not canonical', whole.replace(/=\n$/, '\n')],
    ['base64 whose last bits are not zero', whole.replace(/.==?\n$/, (end) => `${nextLetter(end)}${end.slice(1)}`)],
    ['something after the signature', whole.replace(/\n$/, ' more\n')],
  ])('is not read with %s', (_, note) => {
    expect(note).not.toBe(whole);
    expect(readNote(note)).toBeUndefined();
  });
});

describe('A checkpoint', () => {
  const root = Buffer.alloc(32, 9);
  const text = checkpointText({ origin: 'log.example/ch/chn_1', size: 20, root });

  test('is read as it was written, with lines that follow', () => {
    expect(readCheckpoint(text)).toEqual({ origin: 'log.example/ch/chn_1', size: 20, root });
    expect(readCheckpoint(`${text}extension\n`)?.size).toBe(20);
  });

  test.each([
    ['a leading zero', text.replace('20', '020')],
    ['a sign', text.replace('20', '+20')],
    ['a size above all safe integers', text.replace('20', '9007199254740993')],
    ['a short root', text.replace(/\n[^\n]+\n$/, '\nAAAA\n')],
    ['an empty extension line', `${text}\n`],
    ['no origin', text.replace('log.example/ch/chn_1', '')],
  ])('is not read with %s', (_, wrong) => {
    expect(readCheckpoint(wrong)).toBeUndefined();
  });
});

describe('A proof file', () => {
  const hashes = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const file = tlogProofText({ index: 5, hashes, checkpoint: 'log.example\n8\nAA==\n\n\u2014 x y\n' });

  test('is read as it was written, and what `extra` says is left out', () => {
    const read = { index: 5, hashes, checkpoint: 'log.example\n8\nAA==\n\n\u2014 x y\n' };

    expect(readTlogProof(file)).toEqual(read);
    expect(readTlogProof(file.replace('index', 'extra aGk=\nindex'))).toEqual(read);
    expect(readTlogProof(tlogProofText({ ...read, hashes: [] }))).toEqual({ ...read, hashes: [] });
  });

  test.each([
    ['another header', file.replace('@v1', '@v2')],
    ['no index', file.replace('index 5\n', '')],
    ['an index with a leading zero', file.replace('index 5', 'index 05')],
    ['`extra` after the index', file.replace('index 5', 'index 5\nextra aGk=')],
    ['`extra` that is not canonical', file.replace('index 5', 'extra aGl\nindex 5')],
    ['a hash that is not canonical', file.replace('AQEBAQE=', 'AQEBAQF=')],
    ['a short hash', file.replace(/\nAQEB[^\n]*/, '\nAQEB')],
    ['more hashes than any tree has', tlogProofText({ index: 0, hashes: Array(64).fill(hashes[0]), checkpoint: '' })],
  ])('is not read with %s', (_, wrong) => {
    expect(wrong).not.toBe(file);
    expect(readTlogProof(wrong)).toBeUndefined();
  });
});

interface Signer {
  readonly key: VerifierKey;
  line(text: string): SignatureLine;
}

function signer(name: string, type?: number): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = verifierKey(name, rawKey(publicKey), type);
  const signature = (text: string) => {
    if (type !== COSIGNATURE) return sign(null, Buffer.from(text), privateKey);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1_700_000_000n);
    return Buffer.concat([time, sign(null, Buffer.from(cosignedText(1_700_000_000, text)), privateKey)]);
  };
  return { key, line: (text) => ({ name, id: key.id, signature: signature(text) }) };
}

function rawKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}

/** The letter after the first one, in the alphabet of base64. */
function nextLetter([letter]: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet[(alphabet.indexOf(letter as string) + 1) % 64] as string;
}
