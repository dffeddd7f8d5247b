import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SecretGuard } from './secret-guard.js';

const KEY = 'sk-live-4f9aQ/27+é~Zx81';
const WORD = 'correct-horse';
const PIN = '82736455';
const guard = new SecretGuard({ KEY, WORD, PIN });
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('A secret is found', () => {
  test.each<[string, unknown]>([
    ['as it is', { text: `the key is ${KEY}.` }],
    ['as the name of a member', { [KEY]: 1 }],
    ['deep in a value', { a: [{ b: [null, true, KEY] }] }],
    ['in other letters', { text: KEY.toUpperCase() }],
    ['reversed', { text: [...KEY].reverse().join('') }],
    ['in hex', { text: `0x${Buffer.from(KEY).toString('hex').toUpperCase()}` }],
    ['in base64', { text: base64(KEY) }],
    ['in base64 for URLs', { text: Buffer.from(KEY).toString('base64url') }],
    ['in base64 behind one byte', { text: base64(`x${KEY}`) }],
    ['in base64 between others', { text: base64(`user:${KEY}, and more`) }],
    ['in reversed base64', { text: [...base64(`xy${KEY}`)].reverse().join('') }],
    ['percent-encoded', { text: encodeURIComponent(KEY) }],
    ['as JSON within JSON', { text: JSON.stringify(JSON.stringify({ KEY })) }],
    ['with its ends cut off', { text: KEY.slice(2, -2) }],
    ['in two members', { a: KEY.slice(0, 9), b: KEY.slice(9) }],
    ['letter by letter', { letters: [...KEY] }],
    ['with dashes strewn in', { text: [...WORD].join('-') }],
    ['with line breaks', { text: `${KEY.slice(0, 8)}\n${KEY.slice(8)}` }],
    ['as a number', { n: Number(PIN) }],
    ['as digits in a list', [...PIN].map(Number)],
    ['in pieces as names', { [WORD.slice(0, 6)]: 1, [WORD.slice(6)]: 2 }],
  ])('%s', (_, value) => {
    expect(guard.findIn(value)).toBeDefined();
  });

  test('in pieces of several values', () => {
    expect(guard.findIn({ text: WORD.slice(0, 5) })).toBeUndefined();
    expect(guard.findIn({ text: WORD.slice(0, 5) }, { text: WORD.slice(5) })).toBe('WORD');
  });

  test('by its name', () => {
    expect(guard.findIn(`${PIN}`)).toBe('PIN');
  });
});

describe('No secret is found', () => {
  test.each<[string, unknown]>([
    ['in its last four characters', { text: `…${KEY.slice(-4)}, …${WORD.slice(-4)}, …${PIN.slice(-4)}` }],
    ['in its hash', { text: createHash('sha256').update(KEY).digest('hex') }],
    ['in its name and length', { name: 'KEY', length: KEY.length }],
    ['in other words', { text: 'a correct answer, and a horse', n: 8273, m: [1.5, null, true] }],
    ['in nothing', undefined],
  ])('%s', (_, value) => {
    expect(guard.findIn(value)).toBeUndefined();
  });

  test('where there is none to be found', () => {
    expect(new SecretGuard({}).findIn({ text: KEY })).toBeUndefined();
  });
});

describe('Of a text', () => {
  test('only the secrets go where they are as they were given', () => {
    const url = `https://a.test/?key=${encodeURIComponent(KEY)}&n=1#${WORD}`;

    expect(guard.withoutSecrets(url)).toBe('https://a.test/?key=[secret KEY]&n=1#[secret WORD]');
    expect(guard.withoutSecrets('nothing here')).toBe('nothing here');
  });

  test('all goes where one is in another form', () => {
    expect(guard.withoutSecrets(`Basic ${base64(`me:${WORD}`)}`)).toBe('[withheld: it held the secret WORD]');
  });
});

describe('A long secret', () => {
  const LONG = Array.from({ length: 400 }, (_, i) => String.fromCodePoint(0x4e00 + i, 0x1f600 + i)).join('');
  const long = new SecretGuard({ LONG });

  test('is found by its middle, and its ends are not', () => {
    expect(long.findIn({ text: LONG.slice(400, 900) })).toBe('LONG');
    expect(long.findIn(Buffer.from(LONG).toString('base64'))).toBe('LONG');
    expect(long.findIn(encodeURIComponent(LONG))).toBe('LONG');
    expect(long.findIn(LONG.slice(0, 300), 'and', LONG.slice(-300))).toBeUndefined();
  });

  test('takes all of the text with it', () => {
    expect(long.withoutSecrets(`so: ${LONG}`)).toBe('[withheld: it held the secret LONG]');
  });
});

test('No secret and no text make the search long', () => {
  const env = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`K${i}`, `${'a'.repeat(4_000)}${i}`]));
  const slow = new SecretGuard(env);
  const text = `${'a'.repeat(40)}b`.repeat(25_000);

  const started = performance.now();
  expect(slow.findIn({ text, list: [...text.slice(0, 200_000)] })).toBeUndefined();

  // A search that begins anew at each place takes minutes.
  expect(performance.now() - started).toBeLessThan(30_000);
});

test('A secret without letters and digits is found as it is', () => {
  const odd = new SecretGuard({ ODD: '!?!?-+*/=' });

  expect(odd.findIn({ text: 'so: !?!?-+*/=' })).toBe('ODD');
  expect(odd.findIn({ text: 'so: !? !? - + * / =' })).toBeUndefined();
});
