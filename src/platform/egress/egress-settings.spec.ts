import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ConfigError, readConfig } from '../config/config.js';

const folder = mkdtempSync(join(tmpdir(), 'parley-egress-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const egressOf = (env: Record<string, string>) => readConfig(env, 'no such file').egress;

describe('Settings for outgoing connections', () => {
  test('are empty by default', () => {
    expect(egressOf({})).toEqual({ nameServers: [], vouched: new Map(), extraTrust: [] });
  });

  test('name DNS servers by address and port', () => {
    expect(egressOf({ EGRESS_DNS: '127.0.0.1:53, [::1]:5353' }).nameServers).toEqual(['127.0.0.1:53', '[::1]:5353']);
  });

  test('map allowed private hosts to addresses, in the spelling that a connection reports', () => {
    expect(egressOf({ EGRESS_HOSTS: 'a.test=127.0.0.1:8443,b.test=[0:0::0:1]:443' }).vouched).toEqual(
      new Map([
        ['a.test', { address: '127.0.0.1', port: 8443 }],
        ['b.test', { address: '::1', port: 443 }],
      ]),
    );
  });

  test('read every certificate of a file', () => {
    const file = fileOf('two.pem', `# ours\n${rootCertificates[0]}\n\n${rootCertificates[1]}\n`);

    expect(egressOf({ EGRESS_CA: file }).extraTrust).toHaveLength(2);
  });

  test.each([
    ['EGRESS_DNS', 'dns.example:53', /must be a list of ip:port/],
    ['EGRESS_DNS', '127.0.0.1', /must be a list of ip:port/],
    ['EGRESS_HOSTS', 'a.test', /must be a list of name=ip:port/],
    ['EGRESS_HOSTS', 'a.test=localhost:443', /must be a list of name=ip:port/],
    ['EGRESS_HOSTS', 'a.test=127.0.0.1', /must be a list of name=ip:port/],
    ['EGRESS_HOSTS', 'a.test=127.0.0.1:70000', /must be a list of name=ip:port/],
    ['EGRESS_HOSTS', 'a.test=[127.0.0.1]:443', /must be a list of name=ip:port/],
    ['EGRESS_HOSTS', '*.test=127.0.0.1:443', /must be a list of name=ip:port/],
    ['EGRESS_HOSTS', '10.0.0.1=127.0.0.1:443', /must be a list of name=ip:port/],
    ['EGRESS_HOSTS', '*=127.0.0.1:443', /must be a list of name=ip:port/],
    ['EGRESS_CA', 'no such file', /is not a file of PEM certificates/],
    ['EGRESS_CA', fileOf('none.pem', 'nothing here'), /is not a file of PEM certificates/],
    [
      'EGRESS_CA',
      fileOf('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
      /is not a file of PEM certificates/,
    ],
  ])('refuse %s=%s', (name, value, sentence) => {
    expect(() => egressOf({ [name]: value })).toThrow(ConfigError);
    expect(() => egressOf({ [name]: value })).toThrow(sentence);
  });
});
