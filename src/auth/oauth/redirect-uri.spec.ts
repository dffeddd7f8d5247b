import { describe, expect, test } from '@jest/globals';
import { needsNoClick } from './known-connectors.js';
import { isRegistrable, matches, withParameters } from './redirect-uri.js';

describe('What may be registered', () => {
  test.each([
    'https://app.example/cb',
    'https://app.example/cb?tenant=1',
    'http://localhost/cb',
    'http://127.0.0.1:1234/cb',
    'http://[::1]:1234/cb',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'com.example.app:/oauth',
  ])('%s', (uri) => expect(isRegistrable(uri)).toBe(true));

  test.each([
    'http://app.example/cb',
    'http://localhost.evil.example/cb',
    'http://0.0.0.0/cb',
    'https://app.example/cb#part',
    'https://app.example/cb#',
    'https://user:pass@app.example/cb',
    'https://app.example\\@evil.example/cb',
    'https://app.example/a b',
    'https://app.example;script-src/cb',
    'https://app.example,evil.example/cb',
    'https://*.example/cb',
    "https://app'.example/cb",
    'https://app".example/cb',
    'https://app%3B.example/cb',
    'com.example.app://a;b/cb',
    'https:evil.example',
    'https:/evil.example/cb',
    'https:///evil.example/cb',
    'HTTPS:evil.example/cb',
    'http:localhost/cb',
    'http:/localhost/cb',
    'http:\\\\localhost/cb',
    '//evil.example/cb',
    ' https://app.example/cb',
    'https://app.example/cb\n',
    'https://@app.example/cb',
    'https://app%2eexample/cb',
    'http://127.1/cb',
    'http://2130706433/cb',
    'javascript:alert(1)',
    'data:text/html,hi',
    'file:///etc/passwd',
    'myapp:/cb',
    '/cb',
    '',
    `https://app.example/${'a'.repeat(2_000)}`,
    7,
    null,
  ])('not %p', (uri) => expect(isRegistrable(uri)).toBe(false));
});

describe('Whether an address is the registered one', () => {
  test.each([
    ['https://app.example/cb', 'https://app.example/cb'],
    ['http://localhost:49152/cb', 'http://localhost/cb'],
    ['http://127.0.0.1:49152/cb', 'http://127.0.0.1:3000/cb'],
    ['http://[::1]:49152/cb?a=1', 'http://[::1]/cb?a=1'],
    ['http://127.0.0.1:49152', 'http://127.0.0.1/'],
  ])('%s is %s', (asked, registered) => expect(matches(asked, registered)).toBe(true));

  test.each([
    ['https:app.example/cb', 'https:app.example/cb'],
    ['https://app.example/cb/', 'https://app.example/cb'],
    ['https://app.example:8443/cb', 'https://app.example/cb'],
    ['https://app.example/cb?x=1', 'https://app.example/cb'],
    ['http://localhost:49152/other', 'http://localhost/cb'],
    ['http://localhost:49152/cb?x=1', 'http://localhost/cb'],
    ['http://127.0.0.1:49152/cb', 'http://localhost/cb'],
    ['https://localhost:49152/cb', 'http://localhost/cb'],
    ['http://me@localhost:49152/cb', 'http://localhost/cb'],
    ['not an address', 'http://localhost/cb'],
    ['http://localhost:4000/x/../cb', 'http://localhost/cb'],
    ['http://localhost:4000/%63b', 'http://localhost/cb'],
    ['http://localhost:4000/./cb', 'http://localhost/cb'],
    ['http://LOCALHOST:4000/cb', 'http://localhost/cb'],
    ['http://localhost:4000/cb?', 'http://localhost/cb'],
  ])('%s is not %s', (asked, registered) => expect(matches(asked, registered)).toBe(false));
});

describe('Where a code goes without a click', () => {
  test.each([
    'http://localhost:49152/cb',
    'https://claude.ai/api/mcp/auth_callback',
    'https://claude.com/api/mcp/auth_callback',
    'https://chatgpt.com/connector_platform_oauth_redirect',
    'https://chatgpt.com/connector/oauth/abc-123',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'https://www.cursor.com/agents/mcp/oauth/callback',
    'https://vscode.dev/redirect',
  ])('%s', (uri) => expect(needsNoClick(uri)).toBe(true));

  test.each([
    'https://claude.ai/api/mcp/auth_callback?next=https://evil.example',
    'https://claude.ai.evil.example/api/mcp/auth_callback',
    'https://chatgpt.com/connector/oauth/abc/../../elsewhere',
    'https://chatgpt.com/connector/oauth/',
    'https://app.example/cb',
    'com.example.app:/oauth',
  ])('not %s', (uri) => expect(needsNoClick(uri)).toBe(false));
});

test('parameters are added without touching what is there', () => {
  expect(withParameters('https://app.example/cb?foo=a%20b', { error: 'x', state: undefined, iss: 'http://a' })).toBe(
    'https://app.example/cb?foo=a%20b&error=x&iss=http%3A%2F%2Fa',
  );
  expect(withParameters('com.example.app:/oauth', { code: '1' })).toBe('com.example.app:/oauth?code=1');
});
