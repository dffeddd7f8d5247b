import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Egress } from '../../src/runtime/egress/egress.js';
import type { RunNetwork } from '../../src/runtime/egress/run-network.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { failed, fetched, get, openEgress, openSession, post } from './broker.js';

const API = 'https://api.test';
const PRICE = `${API}/v2/prices/BTC-USD/spot`;

let site: TlsFixture;
let egress: Egress;
let session: RunNetwork;
beforeAll(async () => {
  site = await TlsFixture.start(['api.test', 'other.test']);
  egress = openEgress({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile });
});
afterAll(() => site[Symbol.asyncDispose]());
beforeEach(() => {
  session = openSession(egress, ['api.test', 'other.test']);
});
afterEach(() => session.close());

const echo = async (answer: ReturnType<typeof get>) => JSON.parse(fetched(await answer).text);

describe('Fetching a page of a declared host', () => {
  test('returns the page and a receipt', async () => {
    const { text, status, receipt, headers } = fetched(await get(session, PRICE));

    expect({ status, body: JSON.parse(text) }).toEqual({
      status: 200,
      body: { data: { amount: '114609.375', currency: 'USD' } },
    });
    expect(headers).toContainEqual(['content-type', 'application/json']);
    expect(receipt).toEqual({
      url: PRICE,
      method: 'GET',
      status: 200,
      fetched_at: expect.stringMatching(/^\d{4}-.*Z$/),
      body_sha256: createHash('sha256').update(text).digest('hex'),
      tls: { peer_cert_sha256: fingerprint(site.certificate('valid')) },
    });
  });

  test('sends method, headers and body unchanged', async () => {
    const sent = await echo(post(session, `${API}/echo?q=1#part`, '{"a":1}', { 'X-Mine': 'yes', Cookie: 'a=1' }));

    expect(sent).toMatchObject({ method: 'POST', url: '/echo?q=1', body: '{"a":1}' });
    expect(sent.headers).toMatchObject({ 'x-mine': 'yes', cookie: 'a=1', 'content-length': '7', host: 'api.test' });
  });

  test('ignores the bot’s values for headers of the connection', async () => {
    const { headers } = await echo(
      get(session, `${API}/echo`, {
        Host: 'evil.test',
        Connection: 'keep-alive, upgrade',
        Upgrade: 'websocket',
        'Transfer-Encoding': 'chunked',
        'Content-Length': '5',
        'Proxy-Authorization': 'Basic eA==',
        'Accept-Encoding': 'zstd',
        'User-Agent': 'mine/2',
      }),
    );

    expect(headers).toEqual({
      host: 'api.test',
      connection: 'close',
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'mine/2',
    });
  });

  test('has our default headers if the bot sets none', async () => {
    const { headers } = await echo(get(session, `${API}/echo`));

    expect(headers['user-agent']).toMatch(/^Parley/);
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])('allows %s', async (method) => {
    const answer = await session.ask({ kind: 'fetch', url: `${API}/echo`, method, headers: {} });

    expect(fetched(answer)).toMatchObject({ status: 200, receipt: { method } });
  });

  test.each(['CONNECT', 'TRACE', 'OPTIONS', 'GET / HTTP/1.1\r\nX: '])('refuses %j', async (method) => {
    const answer = await session.ask({ kind: 'fetch', url: `${API}/echo`, method, headers: {} });

    expect(answer).toMatchObject(failed('FETCH_BLOCKED', /^the method must be one of/));
  });

  test.each([
    ['a line break', { 'x-mine': 'a\r\nHost: evil.test' }],
    ['a colon in the name', { 'x:mine': 'a' }],
    ['no name', { '': 'a' }],
    ['letters that are no bytes', { 'x-mine': '✓' }],
  ])('refuses a header with %s', async (_, headers) => {
    expect(await get(session, `${API}/echo`, headers)).toMatchObject(failed('FETCH_BLOCKED', /header/));
  });

  test('keeps no cookies', async () => {
    const { headers } = fetched(await get(session, `${API}/cookie`));
    const sent = await echo(get(session, `${API}/echo`));

    expect(headers.filter(([name]) => name === 'set-cookie')).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
    expect(sent.headers).not.toHaveProperty('cookie');
  });

  test.each(['gzip', 'br', 'deflate', 'raw-deflate'])('decodes %s', async (encoding) => {
    const { text, headers, receipt } = fetched(await get(session, `${API}/packed?encoding=${encoding}`));

    expect(text).toBe('packed and unpacked');
    expect(headers.map(([name]) => name)).not.toContain('content-encoding');
    expect(receipt.body_sha256).toBe(createHash('sha256').update(text).digest('hex'));
  });

  test('returns a 404 response like any other', async () => {
    expect(fetched(await get(session, `${API}/nowhere`))).toMatchObject({ status: 404, text: 'nothing here' });
  });
});

describe('A redirect', () => {
  const to = (url: string, status = 302) => `${API}/redirect?status=${status}&to=${encodeURIComponent(url)}`;

  test('is followed, and the answer contains the final URL', async () => {
    const { url, receipt } = fetched(await get(session, to('/echo#there')));

    expect(url).toBe(`${API}/echo`);
    expect(receipt.url).toBe(url);
    expect(session.exchanges).toMatchObject([{ via: [to('/echo#there')] }]);
  });

  test.each([301, 302, 303])('with %d turns a POST into a GET without a body', async (status) => {
    const sent = await echo(post(session, to('/echo', status), 'hello', { 'Content-Type': 'text/plain' }));

    expect(sent).toMatchObject({ method: 'GET', body: '' });
    expect(sent.headers).not.toHaveProperty('content-type');
  });

  test.each([307, 308])('with %d keeps method and body', async (status) => {
    expect(await echo(post(session, to('/echo', status), 'hello'))).toMatchObject({ method: 'POST', body: 'hello' });
  });

  test.each([301, 302, 303, 307, 308])(
    'with %d to another host drops every header that could be a credential',
    async (status) => {
      const secrets = {
        Authorization: 'Bearer x',
        Cookie: 'a=1',
        'X-Api-Key': 'k',
        'Api-Key': 'k',
        'X-Auth-Token': 'k',
        'Private-Token': 'k',
        'X-Amz-Security-Token': 'k',
        'X-Csrf-Token': 'k',
        'X-Mine': 'k',
        Referer: 'https://api.test/?key=k',
      };
      const plain = { Accept: 'text/plain', 'Accept-Language': 'de', 'User-Agent': 'mine/1' };

      const here = await echo(get(session, to('/echo', status), { ...secrets, ...plain }));
      const there = await echo(get(session, to('https://other.test/echo', status), { ...secrets, ...plain }));
      const back = await echo(
        get(session, to(`https://other.test/redirect?to=${encodeURIComponent(`${API}/echo`)}`, status), secrets),
      );

      for (const [name, value] of Object.entries(secrets)) {
        expect(here.headers).toHaveProperty([name.toLowerCase()], value);
        expect(there.headers).not.toHaveProperty([name.toLowerCase()]);
        expect(back.headers).not.toHaveProperty([name.toLowerCase()]);
      }
      expect(there.headers).toMatchObject({ accept: 'text/plain', 'accept-language': 'de', 'user-agent': 'mine/1' });
      expect(there.headers.host).toBe('other.test');
    },
  );

  test.each([307, 308])('with %d to another host keeps the method and drops the body', async (status) => {
    const there = await echo(
      post(session, to('https://other.test/echo', status), 'password=x', { 'Content-Type': 'text/plain' }),
    );

    expect(there).toMatchObject({ method: 'POST', body: '' });
    expect(there.headers).not.toHaveProperty('content-type');
    expect(there.headers).toMatchObject({ 'content-length': '0' });
  });

  test('is followed at most five times', async () => {
    const five = [1, 2, 3, 4, 5].reduce((url) => to(url), `${API}/echo`);
    const six = to(five);

    expect(fetched(await get(session, five)).url).toBe(`${API}/echo`);
    expect(await get(session, six)).toMatchObject(failed('FETCH_LIMIT', /^api\.test redirects more than 5 times$/));
  });
});

const fingerprint = (pem: string) => createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
