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
    'com.example.app://oauth/cb',
    'com.example.app:///cb',
    'io.github.some-app2:/cb',
    'vscode://vscode.some-extension/cb',
    'vscode-insiders://vscode.some-extension/cb',
    'https://xn--bcher-kva.example/cb',
    'https://9.a-b.example/cb',
    'https://localhost/cb',
    'https://192.0.2.1:8443/cb',
    'https://[2001:db8::1]/cb',
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
    'https://evil..com/',
    'https://.evil.com/',
    'https://evil.com./',
    'https://evil.com../',
    'https://./',
    'https://-evil.com/',
    'https://evil-.com/',
    `https://${'a'.repeat(64)}.example/`,
    'http://localhost./cb',
    'http://.localhost/cb',
    'http://a..localhost/cb',
    'com.example.app://a..b/cb',
    'com.example.app://.b/cb',
    'cursor://a..b/cb',
    'data.x:text/html,1',
    'data.x:/text/html,1',
    'DATA.x:/text/html,1',
    'javascript.x:alert(1)',
    'javascript.example:/%0aalert(1)',
    'vbscript.com:/x',
    'view-source.com:/x',
    'blob.com:/x',
    'file.com:/x',
    'com.example.app:oauth',
    'com.example.app:text/html,1',
    'com.example.app:',
    'com.example.app:?x=1',
    'com..app:/cb',
    'com.:/cb',
    'com.example.:/cb',
    'com.-a:/cb',
    'com.a-:/cb',
    'com.a+b:/cb',
    'x.example:/cb',
    'h2.example:/cb',
    'cursor:alert(1)',
    'vscode:x',
    'vscode-insiders:data',
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
