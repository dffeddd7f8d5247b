import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { JsonFetch } from '../../src/oauth/clients/documents/json-fetch.js';
import { readConfig } from '../../src/platform/config/config.js';
import { isPublicAddress } from '../../src/platform/egress/addresses.js';
import { TlsConnections } from '../../src/platform/egress/tls-connections.js';
import { DnsFixture } from '../support/dns-fixture.js';
import { TlsFixture } from '../support/tls-fixture.js';

const HOST = 'app.test';
const INSIDE: Record<string, string[]> = {
  private: ['10.0.0.7'],
  'private-b': ['172.16.0.7'],
  'private-c': ['192.168.0.7'],
  loopback: ['127.0.0.2'],
  'link-local': ['169.254.1.1'],
  metadata: ['169.254.169.254'],
  'carrier-grade': ['100.64.0.1'],
  'this-network': ['0.0.0.0'],
  'loopback-six': ['::1'],
  'unique-local': ['fd00::1'],
  'link-local-six': ['fe80::1'],
  mapped: ['::ffff:7f00:2'],
  nat64: ['64:ff9b::7f00:1'],
  'six-to-four': ['2002:7f00:1::'],
  both: ['127.0.0.1', '10.0.0.7'],
  'both-families': ['127.0.0.1', '::1'],
};
/** 127.0.0.1 counts as public here, beside what really is; no test names an address that is. */
const isAllowed = (address: string) => address === '127.0.0.1' || isPublicAddress(address);

let site: TlsFixture;
let dns: DnsFixture;
let web: JsonFetch;
const fetcher = (more: Record<string, string> = {}) => {
  const env = { EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile, EGRESS_DNS: dns.place, ...more };
  const config = readConfig(env, 'no such file');
  return new JsonFetch(TlsConnections.open(config.egress, isAllowed), config);
};
beforeAll(async () => {
  site = await TlsFixture.start([HOST]);
  const named = Object.entries(INSIDE).map(([name, addresses]) => [`${name}.test`, [addresses]]);
  dns = await DnsFixture.start({
    ...Object.fromEntries(named),
    'rebinding.test': [['127.0.0.1'], ['10.0.0.7']],
    'silent.test': [],
  });
  web = fetcher();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await dns[Symbol.asyncDispose]();
});

const go = (path: string, host = HOST, wholeMs?: number) => web.fetch(new URL(`https://${host}${path}`), wholeMs);
const refused = (detail: RegExp) => expect.objectContaining({ detail: expect.stringMatching(detail) });

test('A small JSON text is returned, with the time for which it is fresh', async () => {
  site.pages.set('/good', {
    body: { a: 1 },
    headers: { 'cache-control': 'max-age=90', 'content-type': 'application/client+json; charset=utf-8' },
  });

  expect(await go('/good')).toEqual({ json: { a: 1 }, freshMs: 90_000 });
});

describe('Nothing is fetched from internal addresses', () => {
  test.each(Object.keys(INSIDE))('%s', async (name) => {
    await expect(go('/good', `${name}.test`)).rejects.toEqual(refused(/not on the public internet/));
  });

  test('also if the name resolves to another address at the second lookup', async () => {
    await expect(go('/good', 'rebinding.test')).rejects.toEqual(refused(/refused the connection|could not be reached/));
    expect(dns.asked.get('rebinding.test')).toBe(1);
  });

  test('also if a valid address redirects there', async () => {
    site.pages.set('/goal', { body: {} });
    for (const path of ['/to-metadata', '/to-private', '/redirect?to=/goal', '/loop']) {
      await expect(go(path)).rejects.toEqual(refused(/redirects/));
    }
    expect(site.hits.get('/goal')).toBeUndefined();
    expect(site.hits.get('/loop')).toBe(1);
  });
});

describe('An answer is abandoned', () => {
  test.each([
    ['when it is too large', '/big?bytes=16385', /more than 16384 bytes/],
    ['when it is large once it is unpacked', '/bomb', /more than 16384 bytes/],
    ['when its headers are too large', '/many-headers', /too many headers/],
    ['when it is not there', '/nowhere', /status 404/],
    ['when it is an error', '/error', /status 500/],
    ['when it is a page', '/page', /did not answer in JSON/],
    ['when it only says that it is JSON', '/no-json', /did not answer in JSON/],
    ['when it is no text', '/no-text', /did not answer in JSON/],
    ['when it breaks off', '/break', /broke the connection off|could not be reached/],
    ['when it is no HTTP', '/no-http', /HTTP|broke|could not/],
  ])('%s', async (_, path, detail) => {
    site.pages.set('/error', { body: {}, status: 500 });
    site.pages.set('/page', { body: '{}', headers: { 'content-type': 'text/html' } });
    site.pages.set('/no-json', { body: '{"a":' });
    site.pages.set('/no-text', {
      body: '{}',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });

    await expect(go(path)).rejects.toEqual(refused(path === '/no-text' ? /broken answer/ : detail));
  });

  test.each([
    ['when it comes too slowly', '/drip', HOST],
    ['when it does not come', '/hang', HOST],
    ['when the name is not answered for', '/good', 'silent.test'],
  ])('%s', async (_, path, host) => {
    await expect(go(path, host, 300)).rejects.toEqual(refused(/in time/));
    expect(await site.openConnections()).toBe(0);
  });

  test.each(['expired', 'wrong_host', 'self_signed', 'unknown_issuer'] as const)(
    'if its certificate is %s',
    async (which) => {
      site.show(which);
      try {
        await expect(go('/good')).rejects.toEqual(refused(new RegExp(`certificate \\(${which}\\)`)));
      } finally {
        site.show('valid');
      }
    },
  );
});

test('If the operator lists hosts, only those are allowed', async () => {
  const narrow = fetcher({ CIMD_ALLOWED_HOSTS: 'claude.ai, *.example.org' });

  await expect(narrow.fetch(new URL(`https://${HOST}/good`))).rejects.toEqual(refused(/not among the allowed hosts/));
  expect(
    [`https://${HOST}/x`, 'https://claude.ai/x', 'https://a.example.org/x', 'https://example.org/x'].map((url) =>
      narrow.allows(new URL(url)),
    ),
  ).toEqual([false, true, true, false]);
});

test('A host gets at most thirty requests per minute, from all requesters together', async () => {
  const busy = fetcher();
  const one = () => busy.fetch(new URL(`https://${HOST}/good`));

  for (let i = 0; i < 30; i++) await one();

  await expect(one()).rejects.toMatchObject({ error: 'temporarily_unavailable', status: 429 });
});
