import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { fetched, get, look, openEgress, openSession, post, seen } from './broker.js';

const API = 'https://api.test';

let site: TlsFixture;
beforeAll(async () => {
  site = await TlsFixture.start(['api.test']);
});
afterAll(() => site[Symbol.asyncDispose]());

test('A receipt lists every use of the network, in the order of requests, with hashes of request and answer', async () => {
  await using session = openSession(openEgress({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile }), ['api.test']);

  // The first is asked first and answered last.
  const [slow, page, sight] = await Promise.all([
    get(session, `${API}/redirect?to=${encodeURIComponent('/slow?ms=200')}`),
    post(session, `${API}/echo`, 'hello'),
    look(session, 'api.test'),
    get(session, 'http://169.254.169.254/'),
    look(session, 'evil.test', 25),
  ]);

  const certificate = seen(sight).fingerprint_sha256;
  const hashes = session.exchanges.map(({ request, answer, at }) => ({
    request_hash: sha256(canonicalJson(request)),
    response_hash: sha256(canonicalJson(answer)),
    at,
  }));
  expect(session.exchanges.map(({ answer }) => answer).slice(0, 3)).toEqual([slow, page, sight]);
  expect(session.records()).toEqual([
    {
      method: 'GET',
      url: `${API}/slow?ms=200`,
      via: [`${API}/redirect?to=%2Fslow%3Fms%3D200`],
      status: 200,
      tls_cert_sha256: certificate,
      ...hashes[0],
    },
    { method: 'POST', url: fetched(page).url, status: 200, tls_cert_sha256: certificate, ...hashes[1] },
    { tls: 'api.test', port: 443, tls_cert_sha256: certificate, ...hashes[2] },
    { method: 'GET', url: 'http://169.254.169.254/', failed: 'FETCH_BLOCKED', ...hashes[3] },
    { tls: 'evil.test', port: 25, failed: 'FETCH_BLOCKED', ...hashes[4] },
  ]);
});

test('An exchange is plain JSON, so that it can be repeated', async () => {
  await using session = openSession(openEgress({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile }), ['api.test']);
  await post(session, `${API}/echo`, 'hello', { 'X-Mine': 'yes' });

  const [exchange] = session.exchanges;

  expect(JSON.parse(JSON.stringify(exchange))).toEqual(exchange);
  expect(exchange?.request).toEqual({
    kind: 'fetch',
    url: `${API}/echo`,
    method: 'POST',
    headers: { 'X-Mine': 'yes' },
    body: 'aGVsbG8=',
  });
});

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
