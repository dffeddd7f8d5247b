import { describe, expect, test } from '@jest/globals';
import { hasPlainAuthority, locationFrom, namesItsHost } from './url-spelling.js';

/** A lenient parser reads each of these as a URL with another host than it seems to have. */
const MISSPELT = [
  'https:evil.test',
  'https:/evil.test',
  'https:\\\\evil.test',
  'https:///evil.test',
  'HTTPS:evil.test',
];

describe('A URL with an unambiguous host', () => {
  test.each([
    'https://app.test',
    'https://app.test/a',
    'http://127.0.0.1:80/cb',
    'https://[::1]:1/?a',
    'HTTPS://App.Test/',
  ])('%s', (text) => expect(namesItsHost(text)).toBe(true));

  test.each([
    ...MISSPELT,
    'https://',
    'https:',
    '//evil.test',
    ' https://app.test',
    'https://app.test\\@evil.test/',
    'https://me@app.test/',
    'https://@app.test/',
    'https://a\tpp.test/',
    'https://app%2etest/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'app.test',
  ])('is not %j', (text) => expect(namesItsHost(text)).toBe(false));
});

describe('A URL that may be fetched', () => {
  test.each([
    'https://api.test',
    ' https://api.test/a b?c=\u00fc#d ',
    'https://b\u00fccher.test:444/',
    'https://[::1]/',
  ])('%j', (text) => expect(hasPlainAuthority(text)).toBe(true));

  test.each([...MISSPELT, 'https://', 'https://@api.test/', 'https://api.test\\@evil.test/', 'https://a\tpi.test/'])(
    'is not %j',
    (text) => expect(hasPlainAuthority(text)).toBe(false),
  );
});

describe('A Location header', () => {
  const from = new URL('https://api.test/a/b?c');

  test.each([
    ['https://other.test/x', 'https://other.test/x'],
    ['/x', 'https://api.test/x'],
    ['x', 'https://api.test/a/x'],
    ['../x?y#z', 'https://api.test/x?y#z'],
    ['?y', 'https://api.test/a/b?y'],
    ['//other.test/x', 'https://other.test/x'],
  ])('%s leads to %s', (text, to) => expect(locationFrom(from, text)?.href).toBe(to));

  test.each([
    ...MISSPELT,
    '',
    'https://',
    'http:evil.test',
    'https://@evil.test/',
    'https://evil%2etest/',
    '///evil.test',
    '////evil.test',
    '//',
    '/\\evil.test',
    '\\\\evil.test',
    'https://evil.test /',
    ' https://evil.test/',
    'https://ev\til.test/',
    '/a\nb',
    'https://[',
  ])('%j leads nowhere', (text) => expect(locationFrom(from, text)).toBeUndefined());
});
