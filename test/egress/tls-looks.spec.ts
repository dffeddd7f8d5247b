import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Egress } from '../../src/runtime/egress/egress.js';
import type { RunNetwork } from '../../src/runtime/egress/run-network.js';
import { type Shown, TlsFixture } from '../support/tls-fixture.js';
import { failed, fetched, get, look, openEgress, openSession, seen } from './broker.js';

const DOUBTS: [Shown, string][] = [
  ['expired', 'expired'],
  ['not_yet_valid', 'not_yet_valid'],
  ['self_signed', 'self_signed'],
  ['unknown_issuer', 'unknown_issuer'],
  ['wrong_host', 'wrong_host'],
];

let site: TlsFixture;
let egress: Egress;
let session: RunNetwork;
beforeAll(async () => {
  site = await TlsFixture.start(['cert.test', 'www.cert.test']);
  egress = openEgress({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile });
});
afterAll(() => site[Symbol.asyncDispose]());
beforeEach(() => {
  site.show('valid');
  session = openSession(egress, ['cert.test', 'cert.test:8443', 'www.cert.test']);
});
afterEach(() => session.close());

describe('A request for a certificate', () => {
  test('returns the whole chain as it was sent', async () => {
    const sight = seen(await look(session, 'cert.test'));

    const leaf = new X509Certificate(site.certificate('valid'));
    const hex = (certificate: X509Certificate) => certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    expect(sight).toEqual({
      host: 'cert.test',
      port: 443,
      observed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      subject: 'CN=cert.test',
      issuer: 'CN=Test issuer',
      san: ['DNS:cert.test', 'DNS:www.cert.test'],
      not_before: new Date(leaf.validFrom).toISOString(),
      not_after: new Date(leaf.validTo).toISOString(),
      serial: leaf.serialNumber,
      fingerprint_sha256: hex(leaf),
      chain: [hex(leaf), hex(new X509Certificate(site.intermediate))],
      pem: [site.certificate('valid'), site.intermediate],
      validated: true,
      trust_store: expect.stringMatching(`^node@${process.versions.node.replaceAll('.', '\\.')}\\+[0-9a-f]{64}$`),
      tls_version: 'TLSv1.3',
      cipher: expect.stringMatching(/^TLS_/),
    });
  });

  test.each(DOUBTS)('returns an invalid one (%s) with the reason', async (shown, reason) => {
    site.show(shown);

    const sight = seen(await look(session, 'cert.test'));

    const certificate = new X509Certificate(site.certificate(shown));
    expect(sight).toMatchObject({ validated: false, reason, serial: certificate.serialNumber });
    expect(sight.pem[0]).toBe(site.certificate(shown));
  });

  test('reports an unknown authority unless the operator trusts it', async () => {
    await using stranger = openSession(openEgress({ EGRESS_HOSTS: site.vouched }), ['cert.test']);

    const sight = seen(await look(stranger, 'cert.test'));

    expect(sight).toMatchObject({
      validated: false,
      reason: 'unknown_issuer',
      trust_store: `node@${process.versions.node}`,
    });
  });

  test('connects to another port if it is declared', async () => {
    expect(seen(await look(session, 'cert.test', 8443))).toMatchObject({ port: 8443, validated: true });
    expect(await look(session, 'www.cert.test', 8443)).toMatchObject(
      failed('FETCH_BLOCKED', /was not declared: name it in permissions\.network of the manifest$/),
    );
  });

  test('writes the host name in one spelling', async () => {
    expect(seen(await look(session, 'CERT.Test'))).toMatchObject({ host: 'cert.test' });
  });

  test('sends no HTTP request, and closes the connection', async () => {
    site.hits.clear();

    await look(session, 'cert.test');

    expect(site.hits.size).toBe(0);
    expect(await site.openConnections()).toBe(0);
  });
});

describe('A page', () => {
  test.each(DOUBTS)(
    'is not fetched, and nothing is sent, if the certificate is invalid (%s)',
    async (shown, reason) => {
      site.show(shown);
      site.hits.clear();

      const answer = await get(session, 'https://cert.test/echo', { authorization: 'Bearer secret' });

      expect(answer).toEqual({
        kind: 'failed',
        code: 'UNREACHABLE',
        detail: `cert.test has no valid certificate (${reason})`,
      });
      expect(site.hits.size).toBe(0);
    },
  );

  test('is fetched again once the certificate is valid', async () => {
    site.show('expired');
    await get(session, 'https://cert.test/echo');
    site.show('valid');

    expect(fetched(await get(session, 'https://cert.test/echo')).status).toBe(200);
  });
});

describe('A host that does not speak TLS', () => {
  test.each([
    ['hangs up', (): undefined => undefined, /broke/],
    ['says something else', () => 'SSH-2.0-OpenSSH_9.2\r\n', /could not agree on TLS|broke/],
  ])('and %s is unreachable', async (_, greeting, detail) => {
    const server = createServer((socket) => socket.on('error', () => {}).end(greeting() ?? ''));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as { port: number };
    await using plain = openSession(openEgress({ EGRESS_HOSTS: `plain.test=127.0.0.1:${port}` }), ['plain.test']);

    expect(await look(plain, 'plain.test')).toMatchObject(failed('UNREACHABLE', detail));
    expect(await get(plain, 'https://plain.test/')).toMatchObject(failed('UNREACHABLE', detail));
    server.close();
  });

  test('and sends nothing is abandoned in time', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as { port: number };
    const mute = openEgress({ EGRESS_HOSTS: `mute.test=127.0.0.1:${port}` });
    await using hasty = openSession(mute, ['mute.test'], { reachMs: 200 });

    expect(await look(hasty, 'mute.test')).toMatchObject(failed('UNREACHABLE', /^mute\.test did not answer in time$/));
    server.close();
  });
});
