import { describe, expect, test } from '@jest/globals';
import { makeKey, signedNote } from '../../test/support/made-bundle.js';
import { fromBase64 } from '../encoding/base64.js';
import { readCheckpoint } from './checkpoint.js';
import { readNote, signersOf } from './note.js';
import { readPolicy } from './policy.js';
import { readProof } from './proof.js';
import { COSIGNATURE, ED25519, readVerifierKey } from './verifier-key.js';

/** The example of Go's package golang.org/x/mod/sumdb/note. */
const EXAMPLE = {
  key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  note:
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
    '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};
const known = readVerifierKey(EXAMPLE.key, [ED25519]);
const [log, witness] = [makeKey('log.example'), makeKey('witness.example', 4)];

describe('A signed note', () => {
  test('of another implementation is read, and its signature is right', () => {
    expect(signersOf(readNote(EXAMPLE.note), [known])).toEqual([known]);
    expect(() => signersOf(readNote(EXAMPLE.note.replace('answer', 'reason')), [known])).toThrow('is wrong');
  });

  test('is read with sixteen signatures, and those of unknown keys are ignored', () => {
    const others = Array.from({ length: 15 }, (_, i) => makeKey(`other-${i}.example`));
    const note = readNote(signedNote('a\n\nb\n', ...others, log));

    expect(note.signatures).toHaveLength(16);
    expect(signersOf(note, [readVerifierKey(log.vkey, [ED25519])]).map(({ name }) => name)).toEqual(['log.example']);
    expect(signersOf(note, [known])).toEqual([]);
  });

  test('with a key of the same name and another id is not known; with the same name and id, its signature must be right', () => {
    const other = makeKey('other.example');
    const renamed = signedNote('text\n', other).replace('other.example', 'log.example');
    const claimed = signedNote('text\n', { ...log, secret: other.secret });
    const keys = [readVerifierKey(log.vkey, [ED25519])];

    expect(signersOf(readNote(renamed), keys)).toEqual([]);
    expect(() => signersOf(readNote(claimed), keys)).toThrow('is wrong');
  });

  const line = signedNote('text\n', log).split('\n').at(-2) as string;
  test.each([
    ['no blank line', `text\n${line}\n`],
    ['no signature', 'text\n\n'],
    ['no newline at its end', `text\n\n${line}`],
    ['a hyphen for the dash', `text\n\n-${line.slice(1)}\n`],
    ['two spaces', `text\n\n${line.replace(' ', '  ')}\n`],
    ['a tab', `te\txt\n\n${line}\n`],
    ['a carriage return', `text\r\n\n${line}\n`],
    ['a name with a plus', `text\n\n${line.replace('log.', 'log+')}\n`],
    ['a name with a space', `text\n\n${line.replace('log.', 'log\u00a0')}\n`],
    ['a signature of four bytes', 'text\n\n\u2014 log.example AAAAAA==\n'],
    ['base64 without padding', `text\n\n${line.replace(/=+$/, '')}\n`],
    ['base64 of the other alphabet', `text\n\n${line.replace(/example \S{4}/, 'example _-__')}\n`],
    ['a lone surrogate', `te\ud800xt\n\n${line}\n`],
    ['more than a hundred signatures', `text\n\n${`${line}\n`.repeat(101)}`],
  ])('with %s is refused', (_, note) => {
    expect(() => readNote(note)).toThrow();
  });

  test.each(['AB==', 'AA=', 'AA', 'A===', 'AAAA=', 'AA\n==', ' AAAA', 'AAA=AAAA'])(
    'has no base64 such as %p',
    (text) => {
      expect(fromBase64(text)).toBeUndefined();
    },
  );
});

describe('A verifier key', () => {
  test.each([
    ['another id', log.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['no name', log.vkey.slice('log.example'.length)],
    ['a type that is not known', makeKey('log.example', 2).vkey],
    ['the type of a witness', witness.vkey],
    ['something after it', `${log.vkey}A`],
    ['a key that is cut off', log.vkey.slice(0, -4)],
    ['an id in capitals', log.vkey.replace(/\+([0-9a-f]{8})\+/, (id) => id.toUpperCase())],
  ])('with %s is refused', (_, key) => {
    expect(() => readVerifierKey(key, [ED25519])).toThrow();
  });
});

describe('A checkpoint', () => {
  const root = Buffer.alloc(32).toString('base64');
  test.each([
    ['no origin', `\n1\n${root}\n`],
    ['a size with a zero before it', `log.example\n01\n${root}\n`],
    ['a size that is no number', `log.example\nx\n${root}\n`],
    ['a size that is too large', `log.example\n9999999999999999\n${root}\n`],
    ['a root that is too short', 'log.example\n1\nAAAA\n'],
    ['an extension line', `log.example\n1\n${root}\nmore\n`],
    ['no root', 'log.example\n1\n'],
  ])('with %s is refused', (_, text) => {
    expect(() => readCheckpoint(signedNote(text, log))).toThrow();
    expect(readCheckpoint(signedNote(`log.example\n1\n${root}\n`, log))).toMatchObject({
      origin: 'log.example',
      size: 1,
    });
  });
});

describe('A proof', () => {
  const root = Buffer.alloc(32).toString('base64');
  const checkpoint = signedNote(`log.example\n2\n${root}\n`, log);
  const proof = `c2sp.org/tlog-proof@v1\nindex 1\n${root}\n\n${checkpoint}`;
  test.each([
    ['another version', proof.replace('@v1', '@v2')],
    ['extra data, which nothing authenticates', proof.replace('index', 'extra AAAA\nindex')],
    ['an index with a zero before it', proof.replace('index 1', 'index 01')],
    ['no index', proof.replace('index 1\n', '')],
    ['a hash that is too short', proof.replace(root, 'AAAA')],
    ['no blank line', proof.replace('\n\nlog', '\nlog')],
    ['too long a path', proof.replace(root, Array(60).fill(root).join('\n'))],
  ])('with %s is refused', (_, text) => {
    expect(() => readProof(text)).toThrow();
    expect(readProof(proof)).toMatchObject({ index: 1, checkpointText: checkpoint });
  });
});

describe('A policy', () => {
  const keys = Array.from({ length: 6 }, (_, i) => makeKey(`w${i}.example`, 4).vkey);
  const cosigners = (...which: number[]) => which.map((i) => readVerifierKey(keys[i] as string, [COSIGNATURE]));
  /** The example of c2sp.org/tlog-policy. */
  const policy = [
    '# two operators',
    `log ${log.vkey} https://log.example/`,
    '',
    ...[0, 1, 2].map((i) => `witness X${i + 1} ${keys[i]}`),
    'group X-witnesses 2 X1 X2 X3',
    ...[3, 4, 5].map((i) => `\t witness  Y${i - 2}\t${keys[i]} https://w.example `),
    'group Y-witnesses any Y1 Y2 Y3',
    'group X-and-Y all X-witnesses Y-witnesses',
    'quorum X-and-Y',
    '',
  ].join('\n');

  test.each<[number[], boolean]>([
    [[], false],
    [[0, 1], false],
    [[0, 3], false],
    [[0, 1, 3], true],
    [[1, 2, 5], true],
    [[0, 1, 2], false],
    [[3, 4, 5], false],
  ])('with groups and the cosigners %p is met: %p', (which, isMet) => {
    expect(readPolicy(policy).isMet(cosigners(...which))).toBe(isMet);
  });

  test.each([
    ['no quorum', `log ${log.vkey}\n`],
    ['two quorums', 'quorum none\nquorum none\n'],
    ['a quorum that is not defined', 'quorum X1\n'],
    ['the same log twice', `log ${log.vkey}\nlog ${log.vkey}\nquorum none\n`],
    ['the same witness twice', `witness a ${witness.vkey}\nwitness b ${witness.vkey}\nquorum none\n`],
    ['a name twice', `witness a ${keys[0]}\nwitness a ${keys[1]}\nquorum none\n`],
    ['a witness named none', `witness none ${keys[0]}\nquorum none\n`],
    ['a group of a later name', `group g 1 a\nwitness a ${keys[0]}\nquorum g\n`],
    ['a member of two groups', `witness a ${keys[0]}\ngroup g 1 a\ngroup h 1 a\nquorum g\n`],
    ['a threshold of zero', `witness a ${keys[0]}\ngroup g 0 a\nquorum g\n`],
    ['a threshold above the members', `witness a ${keys[0]}\ngroup g 2 a\nquorum g\n`],
    ['a threshold that is no number', `witness a ${keys[0]}\ngroup g x a\nquorum g\n`],
    ['an unknown line', 'monitor x\nquorum none\n'],
    ['a key of a log as a witness', `witness a ${log.vkey}\nquorum a\n`],
    ['a control character', 'quorum none\r\n'],
  ])('with %s is refused', (_, text) => {
    expect(() => readPolicy(text)).toThrow(/policy/);
  });
});
