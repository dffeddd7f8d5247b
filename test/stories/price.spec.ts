import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { ofType, readAll, say, typesOf } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { type RunningServer, startServer } from '../support/server.js';
import { TlsFixture } from '../support/tls-fixture.js';

const HOSTS = ['api.coinbase.com', 'api.kraken.com', 'www.bitstamp.net', 'api.gemini.com'];
const PATHS = ['/v2/prices/BTC-USD/spot', '/0/public/Ticker', '/api/v2/ticker/btcusd/', '/v1/pubticker/btcusd'];

let fixture: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  fixture = await TlsFixture.start(HOSTS);
  server = await startServer({ EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const hits = () => PATHS.map((path) => fixture.hits.get(path) ?? 0);

describe.each(DOORS)('A price, over %s', (_, door) => {
  test('is one message for all, from one request to each source, with its evidence', async () => {
    await using room = await openPrices(door);
    const { alice, bob, id } = room;
    const before = hits();
    const { cursor } = await bob.call('sync_messages', { channel_id: id });
    const heard = bob.call('sync_messages', { channel_id: id, cursor, timeout_ms: 25_000 });

    const [answer, ...more] = await say(alice, id, 'Price please');

    expect(more).toEqual([]);
    expect(answer).toMatchObject({
      kind: 'bot',
      body: { type: 'price', amount: '114609.375', text: expect.stringContaining('114609.375'), used: 4, asked: 4 },
    });
    expect(hits()).toEqual(before.map((count) => count + 1));
    expect((await heard).messages.length).toBeGreaterThan(0);
    expect(ofType(await readAll(bob, id), 'price')).toEqual([answer]);
    expect(await readAll(bob, id)).toEqual(await readAll(alice, id));
    for (const { ok, body, fetched_at, fetch_receipt, url } of answer?.body.sources ?? []) {
      expect(ok).toBe(true);
      expect(fetch_receipt).toMatchObject({ url, method: 'GET', status: 200, fetched_at });
      expect(fetch_receipt.tls.peer_cert_sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(sha256(body)).toBe(fetch_receipt.body_sha256);
    }
  });

  test('announces its hosts in advance, and ignores chat', async () => {
    await using room = await openPrices(door);

    const chat = await say(room.bob, room.id, 'hello');

    const messages = await readAll(room.bob, room.id);
    expect(chat).toEqual([]);
    expect(ofType(messages, 'bot:manifest')[0]?.body.manifest.permissions.network).toEqual(HOSTS);
    expect(typesOf(messages)).toContain('prompt');
  });

  test('changes when the sources change; earlier messages stay', async () => {
    await using room = await openPrices(door);
    const [first] = await say(room.alice, room.id, 'price');

    fixture.price = '99000.5';
    const [second] = await say(room.bob, room.id, 'PRICE?');
    fixture.price = '114609.375';

    expect([first?.body.amount, second?.body.amount]).toEqual(['114609.375', '99000.5']);
    expect(ofType(await readAll(room.alice, room.id), 'price')).toEqual([first, second]);
  });

  test('is still posted if one source fails, and says so; with only one working source there is no price', async () => {
    await using room = await openPrices(door);
    const [coinbase, kraken, bitstamp, gemini] = PATHS as [string, string, string, string];

    fixture.down.add(bitstamp);
    const [three] = await say(room.alice, room.id, 'price');
    for (const path of [kraken, gemini]) fixture.down.add(path);
    const [one] = await say(room.alice, room.id, 'price');
    fixture.down.clear();

    expect(coinbase).toBeDefined();
    expect(three?.body).toMatchObject({ type: 'price', amount: '114609.375', used: 3 });
    expect(three?.body.sources[2]).toMatchObject({ source: 'bitstamp', ok: false, reason: 'STATUS', status: 503 });
    expect(one?.body).toMatchObject({ type: 'price_unavailable', used: 1 });
    expect(one?.body.amount).toBeUndefined();
  });

  test('is requested from no other host, whatever the question or the params say', async () => {
    const sources = [{ name: 'kraken' }, { name: 'coinbase', url: 'https://evil.test/v2/prices/BTC-USD/spot' }];
    await using room = await openPrices(door, { sources });
    const before = hits();

    const [answer] = await say(room.alice, room.id, 'price https://evil.test/');

    expect(answer?.body).toMatchObject({ type: 'price_unavailable', used: 1 });
    expect(answer?.body.sources[1]).toMatchObject({ source: 'coinbase', ok: false, reason: 'FETCH_BLOCKED' });
    expect(hits()).toEqual(before.map((count, i) => count + (i === 1 ? 1 : 0)));
  });

  test('does not wait for a source that does not answer, and says so', async () => {
    const sources = [{ name: 'kraken' }, { name: 'coinbase', url: 'https://api.coinbase.com/hang' }];
    await using room = await openPrices(door, { sources });
    const order: string[] = [];

    const asked = say(room.alice, room.id, 'price').finally(() => order.push('the bot'));
    await room.bob.call('who', { channel_id: room.id });
    order.push('the server');
    const [answer] = await asked;

    expect(answer?.body).toMatchObject({ type: 'price_unavailable', used: 1 });
    expect(answer?.body.sources[1]).toMatchObject({ source: 'coinbase', ok: false, reason: 'UNREACHABLE' });
    expect(order).toEqual(['the server', 'the bot']);
  });
});

interface Room extends AsyncDisposable {
  readonly id: string;
  readonly alice: Person;
  readonly bob: Person;
}

async function openPrices(door: Door, bot_params: object = {}): Promise<Room> {
  const [alice, bob] = await Promise.all([door(server, 'alice'), door(server, 'bob')]);
  const slots = ['bot:price-bot', 'invite:alice', 'invite:bob'];
  const channel = { name: 'Prices', slots, bot_preset: 'PriceBot', bot_params };
  const { channel_id: id, invites } = await alice.call('create_channel', channel);
  await alice.call('join_channel', { invite_code: invites[0] });
  await bob.call('join_channel', { invite_code: invites[1] });
  return { id, alice, bob, [Symbol.asyncDispose]: async () => void (await Promise.all([alice.close(), bob.close()])) };
}
