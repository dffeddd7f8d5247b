import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SecretMask } from './secret-mask.js';

const KEY = 'sk-live-4f9aQ/27+é~Zx81';
const WORDS = 'correct-horse-battery';
const PIN = '8273645582736455';
const mask = new SecretMask({ KEY, WORDS, PIN });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const strewn = [...WORDS].join('-');

describe('Every secret is replaced by the same text, in whatever form it was written', () => {
  test.each<[string, unknown, unknown]>([
    ['as it is', { text: `the key is ${KEY}.` }, { text: 'the key is [secret].' }],
    ['another', { text: `${WORDS}!` }, { text: '[secret]!' }],
    ['twice', `${KEY}, ${KEY}`, '[secret], [secret]'],
    ['two beside each other', `${KEY}${WORDS}`, '[secret]'],
    ['as the name of a member', { [KEY]: 1 }, { '[secret]': 1 }],
    ['as two names', { [KEY]: 1, [WORDS]: 2 }, { '[secret]': 1, '[secret] 2': 2 }],
    ['deep in a value', { a: [{ b: [null, true, KEY] }] }, { a: [{ b: [null, true, '[secret]'] }] }],
    ['in other letters', KEY.toUpperCase(), '[secret]'],
    ['reversed', `<${[...KEY].reverse().join('')}>`, '<[secret]>'],
    ['in hex', `0x${Buffer.from(KEY).toString('hex').toUpperCase()} `, '0x[secret] '],
    ['percent-encoded', `?key=${encodeURIComponent(KEY)}&n=1`, '?key=[secret]&n=1'],
    ['strewn with dashes', `so: ${strewn}.`, 'so: [secret].'],
    ['with line breaks', `${KEY.slice(0, 8)}\n${KEY.slice(8)}`, '[secret]'],
    ['as a number', { n: Number(PIN) }, { n: '[secret]' }],
    ['as digits in a list', [...PIN].map(Number), [...PIN].map(() => '[secret]')],
    ['in two members', { a: KEY.slice(0, 9), b: `${KEY.slice(9)}, and` }, { a: '[secret]', b: '[secret], and' }],
  ])('%s', (_, value, told) => {
    expect(mask.masked(value)).toEqual(told);
    expect(mask.finds(value)).toBe(true);
  });

  test.each([0, 1, 2])('in base64 after %i bytes; the characters around it stay', (shift) => {
    const told = mask.masked(base64(`${'x'.repeat(shift)}${KEY}, and more`));

    expect(told).toMatch(/^[\w+/]{0,3}\[secret\][\w+/=]{8,}$/);
    expect(Buffer.from(told, 'base64').toString()).not.toContain(KEY.slice(4, -4));
  });

  test('as JSON within JSON', () => {
    const told = mask.masked(JSON.stringify(JSON.stringify({ KEY, n: 1 })));

    expect(JSON.parse(JSON.parse(told))).toEqual({ KEY: '[secret]', n: 1 });
  });
});

describe('Nothing else is changed', () => {
  test.each<[string, unknown]>([
    ['its ends', { text: `…${KEY.slice(-4)}, …${WORDS.slice(-4)}, …${PIN.slice(-4)}` }],
    ['a part of it, however long', { text: KEY.slice(1), and: WORDS.slice(0, -1), half: PIN.slice(4) }],
    ['its hash', { text: createHash('sha256').update(KEY).digest('hex') }],
    ['its name and length', { name: 'KEY', length: KEY.length }],
    ['other words', { text: 'a correct answer, and a horse', n: 8273, m: [1.5, null, true] }],
    ['nothing', undefined],
  ])('%s', (_, value) => {
    expect(mask.masked(value)).toBe(value);
    expect(mask.finds(value)).toBe(false);
  });

  test('text without a secret', () => {
    const value = { text: KEY };
    expect(new SecretMask({}).masked(value)).toBe(value);
  });

  test('numbers beside a secret stay numbers, and empty values are not changed', () => {
    expect(mask.masked({ n: 1, m: [1e21, -0.5], text: KEY, no: null, is: false, list: [], none: {} })).toEqual({
      n: 1,
      m: [1e21, -0.5],
      text: '[secret]',
      no: null,
      is: false,
      list: [],
      none: {},
    });
  });
});

test('A secret that is mostly punctuation does not match its letters alone', () => {
  const odd = new SecretMask({ ODD: '-.-g-u-e-s-s-4-2-.-' });

  expect(odd.masked('my guess 42')).toBe('my guess 42');
  expect(odd.masked('so: -.-g-u-e-s-s-4-2-.-')).toBe('so: [secret]');
});

test('Overlapping secrets are replaced together', () => {
  const both = new SecretMask({ A: 'abcdefghijklmnopqrst', B: 'qrstuvwxyz0123456789' });

  expect(both.masked('<abcdefghijklmnopqrstuvwxyz0123456789>')).toBe('<[secret]>');
});

test('A short secret, which older versions allowed, is still found', () => {
  expect(new SecretMask({ OLD: 'old-key8' }).masked('with old-key8')).toBe('with [secret]');
});

test('A long secret is found as a whole', () => {
  const LONG = Array.from({ length: 400 }, (_, i) => String.fromCodePoint(0x4e00 + i, 0x1f600 + i)).join('');
  const long = new SecretMask({ LONG });

  expect(long.masked(`so: ${LONG}!`)).toBe('so: [secret]!');
  expect(long.masked(encodeURIComponent(LONG))).toBe('[secret]');
  expect(long.masked([LONG.slice(0, 500), LONG.slice(500)])).toEqual(['[secret]', '[secret]']);
});

test('Masked text is not longer than the original', () => {
  for (const text of [KEY, strewn, `${KEY}${KEY}`, base64(KEY)]) {
    expect(mask.masked(text).length).toBeLessThanOrEqual(text.length);
  }
});

describe('Letters whose lower case is longer stay at their places', () => {
  test.each(['İİİİ', 'ẞ', '𝒳', 'ﬃ'])('%s', (before) => {
    expect(mask.masked(`${before}${KEY}${before}`)).toBe(`${before}[secret]${before}`);
  });
});

/** What a search that begins anew at each place would have to read of it: more than 10^10 letters. */
test.each([
  ['of one letter', 'a'.repeat(200_000)],
  ['of runs of one letter', `${'a'.repeat(4_000)}b`.repeat(50)],
  ['of short runs', `${'a'.repeat(40)}b`.repeat(5_000)],
])('A text %s is read once, for any secrets', (_, text) => {
  const env = Object.fromEntries(Array.from({ length: 16 }, (_each, i) => [`K${i}`, `${'a'.repeat(4_000 + i)}c`]));

  expect(new SecretMask(env).masked({ text, list: [...text.slice(0, 20_000)] }).text).toBe(text);
});
