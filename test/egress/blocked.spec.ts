import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Tunnel } from '../../src/runtime/egress/tunnel.js';
import { DnsFixture } from '../support/dns-fixture.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { failed, fetched, get, look, openEgress, openEgressToLoopback, openSession } from './broker.js';

let site: TlsFixture;
beforeAll(async () => {
  site = await TlsFixture.start([
    'api.test',
    'cdn.test',
    'undeclared.test',
    'rebind.test',
    'mixed.test',
    'private.test',
  ]);
});
beforeEach(() => site.hits.clear());
afterAll(() => site[Symbol.asyncDispose]());

const nobodyWasReached = () => expect([...site.hits]).toEqual([]);

/** Every host of the site is vouched for: what is refused here is refused for its name alone. */
const openDeclared = () =>
  openSession(openEgress({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile }), ['api.test', '*.cdn.test'], {
    requests: 100,
  });

describe('A request to an undeclared host', () => {
  test.each([
    [
      'another host',
      'https://undeclared.test/echo',
      /^undeclared\.test was not declared: name it in permissions\.network of the manifest$/,
    ],
    [
      'another port',
      'https://api.test:8443/echo',
      /^api\.test:8443 was not declared: name it in permissions\.network of the manifest$/,
    ],
    [
      'port 80',
      'https://api.test:80/echo',
      /^api\.test:80 was not declared: name it in permissions\.network of the manifest$/,
    ],
    [
      'the suffix of a star',
      'https://cdn.test/echo',
      /^cdn\.test was not declared: name it in permissions\.network of the manifest$/,
    ],
    [
      'a longer name',
      'https://api.test.undeclared.test/echo',
      /was not declared: name it in permissions\.network of the manifest$/,
    ],
    ['a name behind credentials', 'https://api.test@undeclared.test/echo', /name or a password/],
    [
      'a name behind a backslash',
      'https://undeclared.test\\@api.test/echo',
      /was not declared: name it in permissions\.network of the manifest$/,
    ],
    ['a name behind an escaped slash', 'https://api.test%2f.undeclared.test/', /no URL|was not declared/],
    ['a port that is invalid', 'https://api.test:65536/echo', /no URL/],
    ['a trailing dot', 'https://undeclared.test./echo', /by its name/],
    ['http', 'http://api.test/echo', /only https/],
    ['http on the port of https', 'http://api.test:443/echo', /only https/],
    ['a file', 'file:///etc/passwd', /only https/],
    ['a file of the host', 'file://api.test/etc/passwd', /only https/],
    ['the docker socket', 'http+unix://%2Fvar%2Frun%2Fdocker.sock/containers/json', /only https/],
    ['the docker socket, as curl has it', 'unix:///var/run/docker.sock', /only https/],
    ['the docker socket as a host', 'https://%2Fvar%2Frun%2Fdocker.sock/', /no URL|by its name/],
    ['ftp', 'ftp://api.test/', /only https/],
    ['gopher', 'gopher://api.test:443/', /only https/],
    ['a web socket', 'wss://api.test/', /only https/],
    ['data', 'data:text/plain,hello', /only https/],
    ['code', 'javascript:1', /only https/],
    ['no scheme', '//api.test/echo', /no URL/],
    ['nothing', '', /no URL/],
  ])('is refused: %s', async (_, url, detail) => {
    await using session = openDeclared();

    expect(await get(session, url)).toMatchObject(failed('FETCH_BLOCKED', detail));
    nobodyWasReached();
  });

  test.each([
    '127.0.0.1',
    '127.1',
    '127.0.0.1.',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '１２７.０.０.１',
    '0',
    '169.254.169.254',
    '0xA9FEA9FE',
    '2852039166',
    '0251.0376.0251.0376',
    '10.0.0.1',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::7f00:1]',
    '[fd00:ec2::254]',
    'localhost',
    'metadata',
  ])('is refused for an address, or a name without a dot: %s', async (host) => {
    // Declared and at a port that listens, so that only the notation is left to refuse it.
    const egress = openEgressToLoopback({ EGRESS_CA: site.caFile });
    await using session = openSession(egress, [host, `${host}:${site.port}`]);
    const bare = host.replace(/[[\]]/g, '');

    expect(await get(session, `https://${host}:${site.port}/echo`)).toMatchObject(
      failed('FETCH_BLOCKED', /by its name/),
    );
    expect(await look(session, bare, site.port)).toMatchObject(failed('FETCH_BLOCKED', /by its name/));
    expect(await session.open(bare, site.port)).toMatchObject(failed('FETCH_BLOCKED', /by its name/));
    nobodyWasReached();
  });

  test('is refused after a redirect too', async () => {
    await using session = openDeclared();
    const to = (url: string) => get(session, `https://api.test/redirect?to=${encodeURIComponent(url)}`);

    expect(await get(session, 'https://api.test/to-metadata')).toMatchObject(failed('FETCH_BLOCKED', /only https/));
    expect(await get(session, 'https://api.test/to-private')).toMatchObject(
      failed('FETCH_BLOCKED', /was not declared/),
    );
    expect(await to('https://169.254.169.254/')).toMatchObject(failed('FETCH_BLOCKED', /by its name/));
    expect(await to('https://[::ffff:127.0.0.1]/')).toMatchObject(failed('FETCH_BLOCKED', /by its name/));
    expect(await to('https://undeclared.test/echo')).toMatchObject(failed('FETCH_BLOCKED', /was not declared/));
    expect(await to('//undeclared.test/echo')).toMatchObject(failed('FETCH_BLOCKED', /was not declared/));
    expect(await to('http://api.test/echo')).toMatchObject(failed('FETCH_BLOCKED', /only https/));
    expect(await to('https://x:y@api.test/echo')).toMatchObject(failed('FETCH_BLOCKED', /name or a password/));
    expect(await to('file:///etc/passwd')).toMatchObject(failed('FETCH_BLOCKED', /only https/));
    expect(await to('https://')).toMatchObject(failed('FETCH_BLOCKED', /redirects to no URL/));
    for (const misspelt of [
      'https:api.test/echo',
      'https:/api.test/echo',
      'https:\\\\api.test/echo',
      '///api.test/echo',
    ]) {
      expect(await to(misspelt)).toMatchObject(failed('FETCH_BLOCKED', /redirects to no URL/));
    }
    expect(await to('https://@api.test/echo')).toMatchObject(failed('FETCH_BLOCKED', /no URL/));
    expect(site.hits.get('/echo')).toBeUndefined();
  });

  test.each(['https:api.test/echo', 'https:/api.test/echo', 'https:\\\\api.test/echo', 'https://@api.test/echo'])(
    'is refused if the URL is not well-formed: %j',
    async (url) => {
      await using session = openDeclared();

      expect(await get(session, url)).toMatchObject(failed('FETCH_BLOCKED', /no URL/));
      nobodyWasReached();
    },
  );

  test('is refused for a tunnel and for a certificate too', async () => {
    await using session = openDeclared();

    for (const [host, port] of [
      ['undeclared.test', 443],
      ['api.test', 22],
      ['/var/run/docker.sock', 443],
    ] as const) {
      expect(await session.open(host, port)).toMatchObject(failed('FETCH_BLOCKED'));
      expect(await look(session, host, port)).toMatchObject(failed('FETCH_BLOCKED'));
    }
  });

  test('is any request if no host was declared', async () => {
    const egress = openEgress({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile });
    await using session = openSession(egress, []);

    expect(await get(session, 'https://api.test/echo')).toMatchObject(failed('FETCH_BLOCKED', /was not declared/));
    nobodyWasReached();
  });
});

describe('A declared name', () => {
  let dns: DnsFixture;
  afterEach(() => dns[Symbol.asyncDispose]());

  const openNamed = (host: string, open = openEgressToLoopback) =>
    openSession(open({ EGRESS_DNS: dns.place, EGRESS_CA: site.caFile }), [`${host}:${site.port}`]);
  const at = (host: string) => `https://${host}:${site.port}/echo`;

  test('is reached if its address is allowed', async () => {
    dns = await DnsFixture.start({ 'api.test': [['127.0.0.1']] });
    await using session = openNamed('api.test');

    expect(fetched(await get(session, at('api.test')))).toMatchObject({ status: 200 });
  });

  test.each(['127.0.0.1', '0.0.0.0', '::1', '::ffff:127.0.0.1', '::'])(
    'is not reached at %s, which is on this machine',
    async (address) => {
      dns = await DnsFixture.start({ 'private.test': [[address]] });
      await using session = openNamed('private.test', openEgress);

      expect(await get(session, at('private.test'))).toEqual({
        kind: 'failed',
        code: 'FETCH_BLOCKED',
        detail: 'private.test is not on the public internet',
      });
      expect(await look(session, 'private.test', site.port)).toMatchObject(failed('FETCH_BLOCKED'));
      expect(await session.open('private.test', site.port)).toMatchObject(failed('FETCH_BLOCKED'));
      nobodyWasReached();
    },
  );

  test.each([
    '169.254.169.254',
    '10.1.2.3',
    '192.168.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '127.0.0.2',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fd00:ec2::254',
    'fe80::1',
  ])('is not reached if one of its addresses is %s, although another one is allowed', async (address) => {
    dns = await DnsFixture.start({ 'mixed.test': [['127.0.0.1', address]] });
    await using session = openNamed('mixed.test');

    expect(await get(session, at('mixed.test'))).toMatchObject(
      failed('FETCH_BLOCKED', /^mixed\.test is not on the public/),
    );
    nobodyWasReached();
  });

  test('that resolves to another address later is reached at the address that was checked, after one lookup', async () => {
    const visitors: unknown[] = [];
    const trap = createServer((socket) => visitors.push(socket.destroy())).listen(site.port, '127.0.0.2');
    await once(trap, 'listening');
    dns = await DnsFixture.start({ 'rebind.test': [['127.0.0.1'], ['127.0.0.2']] });
    await using session = openNamed('rebind.test');

    const first = await get(session, at('rebind.test'));
    const askedFor = dns.asked.get('rebind.test');
    const second = await get(session, at('rebind.test'));

    expect(fetched(first)).toMatchObject({ status: 200 });
    expect(askedFor).toBe(1);
    expect(second).toMatchObject(failed('FETCH_BLOCKED'));
    expect(visitors).toEqual([]);
    trap.close();
  });

  test('to which a redirect leads is checked like the first one', async () => {
    dns = await DnsFixture.start({ 'rebind.test': [['127.0.0.1'], ['127.0.0.2']], 'private.test': [['127.0.0.2']] });
    const egress = openEgressToLoopback({ EGRESS_DNS: dns.place, EGRESS_CA: site.caFile });
    await using session = openSession(egress, [`rebind.test:${site.port}`, `private.test:${site.port}`]);
    const to = (url: string) => `https://rebind.test:${site.port}/redirect?to=${encodeURIComponent(url)}`;

    expect(await get(session, to(at('private.test')))).toMatchObject(failed('FETCH_BLOCKED', /^private\.test is not/));
    expect(await get(session, to(at('rebind.test')))).toMatchObject(failed('FETCH_BLOCKED', /^rebind\.test is not/));
    expect(site.hits.get('/echo')).toBeUndefined();
  });

  test('that does not exist, has no address or gets no DNS answer is unreachable', async () => {
    dns = await DnsFixture.start({ 'empty.test': [[]], 'silent.test': [] });
    const hosts = ['nowhere.test', 'empty.test', 'silent.test'];
    await using session = openSession(openEgress({ EGRESS_DNS: dns.place }), hosts, { reachMs: 500 });

    const answers = await Promise.all(hosts.map((host) => get(session, `https://${host}/`)));

    expect(answers).toEqual([
      { kind: 'failed', code: 'UNREACHABLE', detail: 'nowhere.test has no address' },
      { kind: 'failed', code: 'UNREACHABLE', detail: 'empty.test has no address' },
      {
        kind: 'failed',
        code: 'UNREACHABLE',
        detail: expect.stringMatching(/^silent\.test did not answer in time$/),
      },
    ]);
  });

  test('is reached at a private address only if the operator allows that name', async () => {
    dns = await DnsFixture.start({ 'private.test': [['127.0.0.1']], 'undeclared.test': [['127.0.0.1']] });
    const settings = { EGRESS_DNS: dns.place, EGRESS_CA: site.caFile };
    const egress = openEgress({ ...settings, EGRESS_HOSTS: `api.test=127.0.0.1:${site.port}` });
    const places = ['api.test', 'private.test', '*.api.test'].flatMap((host) => [host, `${host}:${site.port}`]);
    await using session = openSession(egress, places);

    expect(fetched(await get(session, 'https://api.test/echo'))).toMatchObject({ status: 200 });
    expect(fetched(await get(session, at('api.test')))).toMatchObject({ status: 200 });
    expect(await get(session, at('private.test'))).toMatchObject(failed('FETCH_BLOCKED', /not on the public/));
    expect(await get(session, at('x.api.test'))).toMatchObject(failed('UNREACHABLE', /has no address/));
    expect(await get(session, at('undeclared.test'))).toMatchObject(failed('FETCH_BLOCKED', /not declared/));
    expect(dns.asked.has('api.test')).toBe(false);
    expect(await session.open('private.test', site.port)).not.toBeInstanceOf(Tunnel);
  });
});
