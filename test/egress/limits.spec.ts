import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { WebRequest } from '../../bot-sdk/web.js';
import type { Egress } from '../../src/runtime/egress/egress.js';
import type { RunNetwork } from '../../src/runtime/egress/run-network.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { failed, fetched, get, openEgress, openSession, post, range } from './broker.js';

const API = 'https://api.test';

let site: TlsFixture;
let egress: Egress;
let session: RunNetwork;
beforeAll(async () => {
  site = await TlsFixture.start(['api.test']);
  egress = openEgress({ EGRESS_HOSTS: `${site.vouched},silent.test=127.0.0.1:9`, EGRESS_CA: site.caFile });
});
afterAll(() => site[Symbol.asyncDispose]());
beforeEach(() => {
  site.hits.clear();
  session = openSession(egress, ['api.test', 'silent.test']);
});
afterEach(() => session.close());

describe('An answer', () => {
  test('may have one megabyte and not a byte more', async () => {
    const most = await get(session, `${API}/big?bytes=1048576`);
    const more = await get(session, `${API}/big?bytes=1048577`);

    expect(fetched(most).text).toHaveLength(1_048_576);
    expect(more).toMatchObject(failed('FETCH_LIMIT', /^api\.test answered with more than 1048576 bytes$/));
  });

  test.each(['gzip', 'br', 'deflate', 'raw-deflate'])(
    'that is too large when decoded (%s) is abandoned',
    async (encoding) => {
      const before = process.memoryUsage.rss();

      const answer = await get(session, `${API}/bomb?encoding=${encoding}`);

      expect(answer).toMatchObject(failed('FETCH_LIMIT', /answered with more than 1048576 bytes$/));
      expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1_048_576);
    },
  );

  test('with too many headers is abandoned', async () => {
    expect(await get(session, `${API}/many-headers`)).toMatchObject(failed('FETCH_LIMIT', /too many headers$/));
  });

  test.each([
    ['broken-gzip', /sent a broken answer$/],
    ['break', /broke the connection off$/],
    ['no-http', /did not answer in HTTP$/],
  ])('that is broken (%s) is UNREACHABLE', async (path, detail) => {
    expect(await get(session, `${API}/${path}`)).toMatchObject(failed('UNREACHABLE', detail));
  });

  test.each(['drip', 'hang', 'slow'])('that does not end (%s) is abandoned in time', async (path) => {
    await using hasty = openSession(egress, ['api.test'], { requestMs: 300 });
    const answer = await get(hasty, `${API}/${path}`);

    expect(answer).toMatchObject(failed('UNREACHABLE', /^api\.test did not finish its answer in time$/));
  });
});

describe('A request', () => {
  test('may have a body of a quarter of a megabyte and not a byte more', async () => {
    const most = await post(session, `${API}/echo`, 'x'.repeat(262_144));
    const more = await post(session, `${API}/echo`, 'x'.repeat(262_145));

    expect(fetched(most).status).toBe(200);
    expect(more).toMatchObject(failed('FETCH_LIMIT', /at most 262144 bytes$/));
    expect(site.hits.get('/echo')).toBe(1);
  });

  test.each([
    ['too many headers', Object.fromEntries(range(51).map((i) => [`x-${i}`, 'y']))],
    ['headers that are too long', Object.fromEntries(range(3).map((i) => [`x-${i}`, 'y'.repeat(8_000)]))],
  ])('with %s is not sent', async (_, headers) => {
    expect(await get(session, `${API}/echo`, headers)).toMatchObject(failed('FETCH_LIMIT', /headers/));
    expect(site.hits.size).toBe(0);
  });

  test('to a closed port is unreachable', async () => {
    expect(await get(session, 'https://silent.test/')).toMatchObject(failed('UNREACHABLE', /^silent\.test refused/));
  });

  test.each([
    null,
    'https://api.test',
    {},
    { kind: 'fetch' },
    { kind: 'fetch', url: 1, method: 'GET', headers: {} },
    { kind: 'fetch', url: API, method: 'GET', headers: { a: 1 } },
    { kind: 'fetch', url: API, method: 'GET', headers: [] },
    { kind: 'fetch', url: API, method: 'GET', headers: {}, body: {} },
    { kind: 'fetch', url: `${API}/\ud800`, method: 'GET', headers: {} },
    { kind: 'fetch', url: `${API}/${'x'.repeat(10_000)}`, method: 'GET', headers: {} },
    { kind: 'tls', host: 'api.test' },
    { kind: 'tls', host: 'api.test', port: '443' },
    { kind: 'tls', host: 'api.test', port: -1 },
    { kind: 'else', host: 'api.test', port: 443 },
  ])('that is invalid (%j) is refused and not recorded', async (asked) => {
    expect(await session.ask(asked as WebRequest)).toMatchObject(failed('FETCH_BLOCKED', /^this is no web request$/));
    expect(session.exchanges).toEqual([]);
  });
});

describe('A run', () => {
  test('may make ten requests; the eleventh is refused and recorded, later ones are only refused', async () => {
    const answers = await Promise.all(range(20).map(() => get(session, `${API}/echo`)));

    expect(answers.filter(({ kind }) => kind === 'fetched')).toHaveLength(10);
    expect(answers.slice(10)).toEqual(
      range(10).map(() => ({ kind: 'failed', code: 'FETCH_LIMIT', detail: 'a hook may ask the network 10 times' })),
    );
    expect(site.hits.get('/echo')).toBe(10);
    expect(session.exchanges).toHaveLength(11);
  });

  test('has at most eight connections at once, and further requests wait', async () => {
    const order: string[] = [];
    const ask = (path: string) => get(session, API + path).then(() => order.push(path));

    await Promise.all([...range(8).map(() => ask('/slow?ms=1000')), ask('/echo')]);

    // It began when a slow one had ended.
    expect(order[0]).toBe('/slow?ms=1000');
    expect([site.hits.get('/slow'), site.hits.get('/echo')]).toEqual([8, 1]);
  });

  test('that has ended leaves no connection open, and all its requests are answered', async () => {
    const run = new AbortController();
    await using ended = egress.session({ hosts: ['api.test'], signal: run.signal });
    const asked = [get(ended, `${API}/hang`), get(ended, `${API}/drip`)];
    await new Promise((later) => setTimeout(later, 200));

    run.abort();
    const answers = await Promise.all(asked);

    expect(answers).toEqual(range(2).map(() => ({ kind: 'failed', code: 'UNREACHABLE', detail: 'the run is over' })));
    expect(await get(ended, `${API}/echo`)).toMatchObject(failed('UNREACHABLE', /^the run is over$/));
    expect(await ended.open('api.test', 443)).toMatchObject(failed('UNREACHABLE', /^the run is over$/));
    expect(await site.openConnections()).toBe(0);
  });

  test('has recorded all its exchanges when it is closed', async () => {
    const asked = range(3).map((i) => get(session, `${API}/hang?${i}`));

    await session.close();

    expect(session.exchanges.map(({ request }) => request)).toMatchObject(
      range(3).map((i) => ({ url: `${API}/hang?${i}` })),
    );
    expect(session.records()).toMatchObject(range(3).map(() => ({ method: 'GET', failed: 'UNREACHABLE' })));
    await Promise.all(asked);
  });
});
