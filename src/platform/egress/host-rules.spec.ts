import { describe, expect, test } from '@jest/globals';
import { HostRules, hostName } from './host-rules.js';

const allows = (declared: string[], host: string, port = 443) => new HostRules(declared).allow({ host, port });

describe('The name of a host', () => {
  test.each([
    ['api.example.org', 'api.example.org'],
    ['API.Example.ORG', 'api.example.org'],
    ['a-b.example', 'a-b.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['ａｐｉ.example', 'api.example'],
    ['1.2.3.4.example', '1.2.3.4.example'],
  ])('%s is normalised to %s', (text, name) => {
    expect(hostName(text)).toBe(name);
  });

  test.each([
    ['an address', '127.0.0.1'],
    ['a short address', '127.1'],
    ['a decimal address', '2130706433'],
    ['a hexadecimal address', '0x7f000001'],
    ['a dotted hexadecimal address', '0x7f.0.0.0x1'],
    ['an octal address', '0177.0.0.1'],
    ['an address with a trailing dot', '127.0.0.1.'],
    ['an address in full-width digits', '１２７.０.０.１'],
    ['an address with an ideographic full stop', '127。0。0。1'],
    ['an IPv6 address', '::1'],
    ['a bracketed IPv6 address', '[::1]'],
    ['a bracketed mapped address', '[::ffff:127.0.0.1]'],
    ['a trailing dot', 'api.example.org.'],
    ['no dot', 'localhost'],
    ['nothing', ''],
    ['a dot', '.'],
    ['an empty label', 'api..example'],
    ['a user', 'api.example.org@evil.example'],
    ['a port', 'api.example.org:443'],
    ['a path', 'api.example.org/x'],
    ['a backslash', 'evil.example\\.api.example.org'],
    ['a query', 'evil.example?.api.example.org'],
    ['a fragment', 'evil.example#.api.example.org'],
    ['an escape', '%61pi.example.org'],
    ['a tab, which URL would drop', 'api.exam\tple.org'],
    ['a line break', 'api.example.org\r\nx'],
    ['a space', ' api.example.org'],
    ['a NUL', 'api.example.org\0.evil.example'],
    ['an underscore', 'a_b.example.org'],
    ['a wildcard', '*.example.org'],
    ['a label that is too long', `${'a'.repeat(64)}.example`],
    ['a name that is too long', `${'abcdefgh.'.repeat(32)}example`],
  ])('is not %s', (_, text) => {
    expect(hostName(text)).toBeUndefined();
  });
});

describe('Declared hosts', () => {
  test('are reached only at port 443', () => {
    expect(allows(['api.example.org'], 'api.example.org')).toBe(true);
    expect(allows(['api.example.org'], 'api.example.org', 8443)).toBe(false);
    expect(allows(['api.example.org'], 'api.example.org', 80)).toBe(false);
  });

  test('with a port are reached only at that port', () => {
    expect(allows(['api.example.org:8443'], 'api.example.org', 8443)).toBe(true);
    expect(allows(['api.example.org:8443'], 'api.example.org')).toBe(false);
  });

  test('do not include subdomains or similar names', () => {
    for (const other of ['example.org', 'x.api.example.org', 'evil-api.example.org', 'api.example.org.evil.example']) {
      expect(allows(['api.example.org'], other)).toBe(false);
    }
  });

  test('with a star include all subdomains, but not the domain itself', () => {
    expect(allows(['*.example.org'], 'api.example.org')).toBe(true);
    expect(allows(['*.example.org'], 'a.b.example.org')).toBe(true);
    expect(allows(['*.example.org'], 'example.org')).toBe(false);
    expect(allows(['*.example.org'], 'evilexample.org')).toBe(false);
    expect(allows(['*.example.org:8443'], 'api.example.org', 8443)).toBe(true);
  });

  test('are compared in one spelling', () => {
    expect(allows(['API.Bücher.example'], 'api.xn--bcher-kva.example')).toBe(true);
  });

  test.each([
    '*',
    '*.',
    '*.org',
    '127.0.0.1',
    '[::1]',
    '*.0.0.1',
    'localhost',
    'a.*.org',
    'api.example.org:0',
    'api.example.org:65536',
    'api.example.org:443:443',
    'https://api.example.org',
    'mail.example.org:25',
    'mail.example.org:587',
  ])('that are invalid (%s) allow nothing', (entry) => {
    const rules = new HostRules([entry]);
    const hosts = ['127.0.0.1', 'localhost', 'a.b.org', 'api.example.org', 'mail.example.org', 'example.org'];
    const targets = hosts.flatMap((host) => [0, 25, 443, 587, 65_536].map((port) => ({ host, port })));

    expect(targets.filter((target) => rules.allow(target))).toEqual([]);
  });
});
