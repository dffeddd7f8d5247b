import { describe, expect, test } from '@jest/globals';
import { documentUrl, isAddress } from './document-url.js';

test.each([
  'https://app.example/oauth/client.json',
  'https://app.example/a/',
  'https://app.example/client?v=2',
  'https://xn--mnchen-3ya.example/c',
])('%s can be the address of a client', (text) => expect(documentUrl(text)?.href).toBe(text));

describe('An address cannot be that of a client if it', () => {
  test.each([
    ['is plain http', 'http://app.example/client.json'],
    ['is another scheme', 'ftp://app.example/client.json'],
    ['has no path', 'https://app.example'],
    ['has no more than a slash', 'https://app.example/'],
    ['has a port', 'https://app.example:8443/client.json'],
    ['has even the usual port', 'https://app.example:443/client.json'],
    ['has a fragment', 'https://app.example/client.json#x'],
    ['has an empty fragment', 'https://app.example/client.json#'],
    ['has a name', 'https://me@app.example/client.json'],
    ['has a name and a password', 'https://me:it@app.example/client.json'],
    ['has an empty name', 'https://@app.example/client.json'],
    ['climbs', 'https://app.example/a/../client.json'],
    ['climbs in disguise', 'https://app.example/a/%2e%2e/client.json'],
    ['is written in capitals', 'https://App.example/client.json'],
    ['is not written in ASCII', 'https://münchen.example/c'],
    ['ends in a dot', 'https://app.example./client.json'],
    ['has no dot', 'https://localhost/client.json'],
    ['is an address', 'https://127.0.0.1/client.json'],
    ['is an address in one number', 'https://2130706433/client.json'],
    ['is an address in hex', 'https://0x7f000001/client.json'],
    ['is an address of IPv6', 'https://[::1]/client.json'],
    ['is an address inside one', 'https://[::ffff:127.0.0.1]/client.json'],
    ['has a backslash', 'https://app.example\\client.json'],
    ['has a space', 'https://app.example/a b'],
    ['is too long', `https://app.example/${'a'.repeat(1_000)}`],
    ['is nothing', ''],
  ])('%s', (_, text) => expect(documentUrl(text)).toBeUndefined());
});

test('A registered id is not an address, and everything with a scheme is one', () => {
  expect(['cli_x', 'doc_x', '', '//x', 'x y:'].filter(isAddress)).toEqual([]);
  expect(['https://a', 'HTTPS:a', 'javascript:alert(1)', 'file:///etc'].filter(isAddress)).toHaveLength(4);
});
