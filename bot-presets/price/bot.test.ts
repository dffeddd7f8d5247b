import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { play } from '../../bot-sdk/play.js';
import type { ScriptStep, Transcript } from '../../bot-sdk/table.js';
import type { Web, WebAnswer, WebRequest } from '../../bot-sdk/web.js';

const NOW = '2026-01-01T00:00:01.000Z';
const SECONDS = Date.parse(NOW) / 1000;
const COINBASE = 'https://api.coinbase.com/v2/prices/BTC-USD/spot';
const KRAKEN = 'https://api.kraken.com/0/public/Ticker?pair=XBTUSD';
const BITSTAMP = 'https://www.bitstamp.net/api/v2/ticker/btcusd/';
const GEMINI = 'https://api.gemini.com/v1/pubticker/btcusd';

/** What the exchanges answered, as they write it. */
const ANSWERS: Record<string, Recorded> = {
  [COINBASE]: { json: { data: { amount: '114609.375', base: 'BTC', currency: 'USD' } } },
  [KRAKEN]: { json: { error: [], result: { XXBTZUSD: { a: ['114612.1', '1', '1.0'], c: ['114611.90000', '0.02'] } } } },
  [BITSTAMP]: { json: { last: '114605', timestamp: String(SECONDS - 3), open: '1' } },
  [GEMINI]: { json: { last: '114600.01', volume: { BTC: '1', timestamp: SECONDS * 1000 - 500 } } },
};

type Recorded = { json: unknown; status?: number } | { text: string; status?: number } | { failed: 'UNREACHABLE' };

const ask: ScriptStep[] = [['say', 's1', 'Price please']];
const recorded = (changes: Record<string, Recorded> = {}, asked: WebRequest[] = []): Web => {
  const answers = { ...ANSWERS, ...changes };
  return async (request) => {
    asked.push(request);
    const answer = request.kind === 'fetch' ? answers[request.url] : undefined;
    if (!answer) return { kind: 'failed', code: 'FETCH_BLOCKED', detail: 'not declared' };
    return answerOf((request as { url: string }).url, answer);
  };
};
const answered = (changes: Record<string, Recorded> = {}, params: JsonObject = {}) =>
  play('bot-presets/price', ask, { params, web: recorded(changes) });

// biome-ignore lint/suspicious/noExplicitAny: a dialogue knows what was said
const last = ({ posts }: Transcript): any => posts.at(-1)?.body;
const failing = { failed: 'UNREACHABLE' } as const;

describe('A question', () => {
  test('is answered once, for everyone, with the median and the evidence of every source', async () => {
    const asked: WebRequest[] = [];
    const { posts, errors } = await play('bot-presets/price', ask, { web: recorded({}, asked) });

    expect(errors).toEqual([]);
    expect(posts.map(({ kind, body, to }) => [kind, body.type, to])).toEqual([
      ['bot', 'prompt', undefined],
      ['bot', 'price', undefined],
    ]);
    expect(posts[1]?.body).toMatchObject({
      pair: 'BTC-USD',
      amount: '114607.1875',
      currency: 'USD',
      text: 'BTC-USD is 114607.1875 USD, the median of 4 of 4 sources.',
      low: '114600.01',
      high: '114611.9',
      used: 4,
      asked: 4,
    });
    expect(asked).toEqual(
      [COINBASE, KRAKEN, BITSTAMP, GEMINI].map((url) => ({
        kind: 'fetch',
        url,
        method: 'GET',
        headers: {},
        timeout_ms: 3_500,
      })),
    );
  });

  test('shows for each source its answer, its time and its proof', async () => {
    const { sources } = last(await answered());

    expect(sources).toMatchObject([
      { source: 'coinbase', ok: true, amount: '114609.375', as_of: null, fetched_at: NOW },
      { source: 'kraken', ok: true, amount: '114611.90000', as_of: null },
      { source: 'bitstamp', ok: true, amount: '114605', as_of: '2025-12-31T23:59:58.000Z', age_s: 3 },
      { source: 'gemini', ok: true, amount: '114600.01', as_of: '2026-01-01T00:00:00.500Z', age_s: 1 },
    ]);
    for (const { url, body, fetch_receipt } of sources) {
      expect(fetch_receipt).toMatchObject({
        url,
        method: 'GET',
        status: 200,
        tls: { peer_cert_sha256: 'c'.repeat(64) },
      });
      expect(sha256(body)).toBe(fetch_receipt.body_sha256);
    }
  });

  test.each(['price', 'PRICE', 'what is the Price?', 'price http://evil.example/', 'prices!'])(
    'is any message with the word, and always requests the same URLs: %s',
    async (text) => {
      const asked: WebRequest[] = [];

      await play('bot-presets/price', [['say', 's1', text]], { web: recorded({}, asked) });

      expect(asked.map((request) => (request as { url: string }).url)).toEqual([COINBASE, KRAKEN, BITSTAMP, GEMINI]);
    },
  );

  test.each<[string | JsonObject]>([
    ['hello'],
    ['pri ce'],
    [''],
    [{ type: 'price' }],
    [{ text: ['price'] }],
    [{ text: null }],
    ['x'.repeat(60_000)],
  ])('is no other message: %j', async (body) => {
    const asked: WebRequest[] = [];

    const { posts, errors } = await play('bot-presets/price', [['say', 's1', body]], { web: recorded({}, asked) });

    expect([posts.length, errors, asked]).toEqual([1, [], []]);
  });

  test('can be about another pair', async () => {
    const asked: WebRequest[] = [];

    await play('bot-presets/price', ask, { web: recorded({}, asked), params: { pair: 'ETH-EUR' } });

    expect(asked.map((request) => (request as { url: string }).url)).toEqual([
      'https://api.coinbase.com/v2/prices/ETH-EUR/spot',
      'https://api.kraken.com/0/public/Ticker?pair=ETHEUR',
      'https://www.bitstamp.net/api/v2/ticker/etheur/',
      'https://api.gemini.com/v1/pubticker/etheur',
    ]);
  });
});

describe('A source that fails', () => {
  test.each<[string, Recorded, object]>([
    ['cannot be reached', failing, { reason: 'UNREACHABLE' }],
    ['answers with an error', { text: 'busy', status: 503 }, { reason: 'STATUS', status: 503 }],
    ['answers with no JSON', { text: '<html>' }, { reason: 'NO_PRICE' }],
    ['answers with other JSON', { json: [] }, { reason: 'NO_PRICE' }],
    ['answers with null', { json: null }, { reason: 'NO_PRICE' }],
    ['answers with no number', { json: { last: 'much', timestamp: '1' } }, { reason: 'NO_PRICE' }],
    ['answers with nothing for it', { json: { last: '0.00', timestamp: '1' } }, { reason: 'NO_PRICE' }],
    ['answers with less than nothing', { json: { last: -5, timestamp: '1' } }, { reason: 'NO_PRICE' }],
    ['answers with a number without end', { json: { last: 1e300, timestamp: '1' } }, { reason: 'NO_PRICE' }],
    ['answers with a list', { json: { last: [['1']], timestamp: '1' } }, { reason: 'NO_PRICE' }],
    ['answers with no time', { json: { last: '5', timestamp: 'soon' } }, { reason: 'NO_PRICE' }],
    ['is old', { json: { last: '5', timestamp: `${SECONDS - 121}` } }, { reason: 'STALE', amount: '5', age_s: 121 }],
    ['is ahead', { json: { last: '5', timestamp: `${SECONDS + 121}` } }, { reason: 'STALE', age_s: -121 }],
  ])('or %s is listed with its reason, and the others count', async (_, answer, told) => {
    const body = last(await answered({ [BITSTAMP]: answer }));

    expect(body).toMatchObject({ type: 'price', amount: '114609.375', used: 3, asked: 4 });
    expect(body.sources[2]).toMatchObject({ source: 'bitstamp', ok: false, url: BITSTAMP, ...told });
  });

  test('does not prevent an answer: two sources are enough, one is not', async () => {
    const two = last(await answered({ [BITSTAMP]: failing, [KRAKEN]: failing }));
    const one = last(await answered({ [BITSTAMP]: failing, [KRAKEN]: failing, [GEMINI]: failing }));

    expect(two).toMatchObject({ type: 'price', amount: '114604.6925', used: 2 });
    expect(one).toMatchObject({
      type: 'price_unavailable',
      used: 1,
      asked: 4,
      text: expect.stringContaining('no price'),
    });
    expect(one.amount).toBeUndefined();
    expect(one.sources.map(({ ok }: JsonObject) => ok)).toEqual([true, false, false, false]);
  });

  test('is listed even if all fail, or if there is no network', async () => {
    const { posts, errors } = await play('bot-presets/price', ask);

    expect(errors).toEqual([]);
    expect(posts.at(-1)?.body).toMatchObject({ type: 'price_unavailable', used: 0 });
    expect(last({ posts } as Transcript).sources[0]).toMatchObject({ reason: 'FETCH_BLOCKED' });
  });

  test('or has a long answer is listed without the answer', async () => {
    const long = { text: `{"last":"5","timestamp":"${SECONDS}","pad":"${'x'.repeat(200_000)}"}` };

    expect(last(await answered({ [BITSTAMP]: long })).sources[2]).toMatchObject({ ok: true, amount: '5', body: null });
  });
});

describe('A member who does not use the word', () => {
  test.each(['help', 'prcie', 'pric', 'pirce?', 'quote', 'BTC', 'cost'])(
    'is told it, and no source is requested: %s',
    async (text) => {
      const asked: WebRequest[] = [];

      const { posts } = await play('bot-presets/price', [['say', 's1', text]], { web: recorded({}, asked) });

      expect(asked).toEqual([]);
      expect(posts.at(-1)).toMatchObject({
        kind: 'bot',
        body: { type: 'help', player: 's1', text: expect.stringContaining('Write price'), legal: ['price', 'help'] },
      });
    },
  );
});

describe('The params', () => {
  test('choose sources, each once, with other URLs if needed', async () => {
    const url = 'https://www.bitstamp.net/other';
    const sources: JsonObject[] = [
      { name: 'kraken' },
      { name: 'bitstamp', url },
      { name: 'kraken', url: 'https://api.kraken.com/2' },
    ];
    const asked: WebRequest[] = [];

    const transcript = await play('bot-presets/price', ask, {
      params: { sources },
      web: recorded({ [url]: ANSWERS[BITSTAMP] as Recorded }, asked),
    });

    expect(asked.map((request) => (request as { url: string }).url)).toEqual([KRAKEN, url]);
    expect(last(transcript)).toMatchObject({ amount: '114608.45', used: 2, asked: 2 });
  });

  test.each<[string, JsonObject]>([
    ['an exchange nobody knows', { sources: [{ name: 'mtgox' }, { name: 'kraken' }] }],
    ['one source', { sources: [{ name: 'kraken' }] }],
    ['another pair', { pair: 'DOGE-USD' }],
  ])('cannot contain %s', async (_, params) => {
    await expect(play('bot-presets/price', [], { params })).rejects.toThrow('params');
  });
});

function answerOf(url: string, recorded: Recorded): WebAnswer {
  if ('failed' in recorded) return { kind: 'failed', code: recorded.failed, detail: 'nobody answered' };
  const { status = 200 } = recorded;
  const text = 'json' in recorded ? JSON.stringify(recorded.json) : recorded.text;
  const tls = { peer_cert_sha256: 'c'.repeat(64) };
  const receipt = { url, method: 'GET', status, fetched_at: NOW, body_sha256: sha256(text), tls };
  return { kind: 'fetched', url, status, headers: [], body: Buffer.from(text).toString('base64'), receipt };
}

function sha256(text: string) {
  return createHash('sha256').update(text).digest('hex');
}
