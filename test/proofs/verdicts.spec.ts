import { createHmac, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { openGame, readUntil, say } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { openRoom, type Room } from '../support/rooms.js';
import { scratchFolder } from '../support/scratch.js';
import { type RunningServer, startServer } from '../support/server.js';
import { secretOf } from '../support/stored-log.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { type Bundle, bodiesOf, exported, verdictOf, verified } from '../support/transcripts.js';

const CERTIFIED = 'example.com';
const PRICES = ['api.coinbase.com', 'api.kraken.com', 'www.bitstamp.net', 'api.gemini.com'];

let fixture: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  fixture = await TlsFixture.start([CERTIFIED, ...PRICES]);
  server = await startServer({ EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const close = (alice: Person, channel_id: string) =>
  alice.call('update_channel', { channel_id, ops: [{ type: 'close' }] });

/** The file of a closed channel, which must be VERIFIED. From here on only the file is used. */
async function verifiedBundle(person: Person, id: string): Promise<Bundle> {
  const { file, bundle } = await exported(person, id);
  expect(verdictOf(await verified(server, file))).toEqual(['VERIFIED']);
  return bundle;
}

/** Entries that everyone may read, with sender and body. */
const saidIn = ({ entries }: Bundle) =>
  entries.flatMap(({ header, opening }) =>
    header.kind === 'hidden' ? [] : [{ seq: header.seq as number, from: header.from as string, body: opening.body }],
  );

describe.each(DOORS)('From the exported file alone, over %s', (_, door) => {
  test('a log continues what both clients were shown before', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] });
    const { alice, bob, channelId: channel_id } = game;
    const folder = scratchFolder('parley-kept-');
    const kept: string[] = [];
    for (const [i, person] of [alice, bob].entries()) {
      await say(person, channel_id, `message ${i}`);
      const { checkpoint } = await person.call('get_checkpoint', { channel_id });
      writeFileSync(join(folder, `${i}`), checkpoint);
      kept.push(join(folder, `${i}`));
    }
    await say(alice, channel_id, 'one more');

    const { file, told } = await exported(bob, channel_id);

    for (const checkpoint of kept) {
      const [verdict, ...findings] = verdictOf(await verified(server, file, ['--checkpoint', checkpoint]));
      expect([verdict, findings.map(([, reason]) => reason)]).toEqual(['PARTIAL', ['withheld']]);
    }
    writeFileSync(
      kept[0] as string,
      told.checkpoint.replace(/\n(\d+)\n/, (_: string, size: string) => `\n${Number(size) - 1}\n`),
    );
    expect(await verified(server, file, ['--checkpoint', kept[0] as string])).toMatchObject({ verdict: 'INVALID' });
  });

  test('a price is the one that the page had, for everyone', async () => {
    await using room = await openRoom(server, door, { bot_preset: 'PriceBot', entropy: 'a leaf' });
    await say(room.alice, room.id, 'Price please');
    await close(room.alice, room.id);

    const bundle = await verifiedBundle(room.bob, room.id);

    const [price] = bodiesOf(bundle, 'price');
    for (const { url, body, fetch_receipt } of price.sources) {
      const exchange = bundle.exchanges.find(({ request }) => request.url === url);
      const page = Buffer.from(exchange?.answer.body, 'base64');
      expect([sha256(page), page.toString()]).toEqual([fetch_receipt.body_sha256, body]);
      expect(page.toString()).toMatch(/114609\.375/);
    }
    expect([price.amount, price.sources.length]).toEqual(['114609.375', 4]);
  });

  test('a game of guessing had its number before the first guess, and every answer follows from it', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000] }, ['a', 'b', 'c']);
    const { alice, bob, channelId } = game;
    const { target } = secretOf(server.dataDir, channelId);
    const wrong = [1, 1_000, 500, 501].filter((guess) => guess !== target).slice(0, 3);
    for (const [i, guess] of [...wrong, target].entries()) await say(i % 2 ? bob : alice, channelId, `guess ${guess}`);

    const bundle = await verifiedBundle(alice, channelId);

    const said = saidIn(bundle);
    const [
      {
        seq: committedAt,
        body: { commit },
      },
    ] = said.filter(({ body }) => body.type === 'bot:commit') as [(typeof said)[number]];
    const [reveal] = bodiesOf(bundle, 'bot:reveal');
    expect(sha256(`${reveal.target}|${reveal.nonce}`)).toBe(commit);
    expect(committedAt).toBeLessThan(said.find(({ body }) => /^guess/.test(body.text))?.seq as number);
    let turn: string | undefined;
    let version = 0;
    for (const { body } of said) {
      if (body.type === 'judge') {
        const result = body.guess < reveal.target ? 'low' : body.guess > reveal.target ? 'high' : 'correct';
        expect([body.result, body.player]).toEqual([result, turn]);
      }
      if (body.type === 'bot:turn') turn = body.player;
      if (body.type === 'bot:state') {
        expect(body.state_version).toBeGreaterThan(version);
        version = body.state_version;
      }
    }
    expect(bodiesOf(bundle, 'judge')).toHaveLength(4);
  });

  test('a hand of blackjack was dealt from the deck that was committed to', async () => {
    const bot_params = { decision_s: 600, betting_s: 600 };
    await using table = await openRoom(server, door, { bot_preset: 'BlackjackBot', bot_params, entropy: 'three dice' });
    const { alice, bob, id } = table;
    for (const [person, text] of [
      [alice, 'seed alice-entropy'],
      [alice, 'bet 10'],
      [bob, 'bet 5'],
    ] as const) {
      await say(person, id, text);
    }
    for (const person of [alice, bob, alice, bob]) await say(person, id, 'stand');
    await readUntil(bob, id, 'bot:reveal');
    await close(alice, id);

    const bundle = await verifiedBundle(bob, id);

    const [commit] = bodiesOf(bundle, 'bot:commit');
    const [reveal] = bodiesOf(bundle, 'bot:reveal');
    expect(sha256(`${reveal.server_seed}|${reveal.hand_id}`)).toBe(commit.commit);
    expect(reveal.client_seeds).toEqual([{ player: 's1', seed: 'alice-entropy' }]);
    expect(deckOf(reveal)).toEqual(reveal.deck_order);
    expect(reveal.deck_order.slice(0, reveal.dealt.length)).toEqual(reveal.dealt);
    const types = saidIn(bundle).map(({ body }) => body.type);
    expect(types.lastIndexOf('bot:commit')).toBeLessThan(types.indexOf('bot:reveal'));
  });

  test('a certificate is the one whose bytes were recorded', async () => {
    await using room = await openRoom(server, door, { bot_preset: 'TlsBot', entropy: 'a leaf' });
    await look(room);
    await close(room.alice, room.id);

    const bundle = await verifiedBundle(room.bob, room.id);

    const [seen] = bodiesOf(bundle, 'certificate');
    const [raw] = bodiesOf(bundle, 'certificate_chain');
    const chain = (raw.pem as string[]).map((pem) => new X509Certificate(pem));
    expect(chain.map(({ raw: bytes }) => sha256(bytes))).toEqual(seen.chain);
    expect([chain[0]?.serialNumber, sha256(chain[0]?.raw as Buffer)]).toEqual([seen.serial, seen.fingerprint_sha256]);
  });
});

async function look({ alice, bob, id }: Room) {
  await say(alice, id, `cert ${CERTIFIED}`);
  await say(bob, id, 'raw');
}

/** The deck of a reveal, as the README of BlackjackBot says that it is shuffled. */
function deckOf({
  hand_id,
  server_seed,
  client_seeds,
}: {
  hand_id: string;
  server_seed: string;
  client_seeds: { player: string; seed: string }[];
}) {
  const seeds = client_seeds.map(({ player, seed }) => `${player}:${sha256(seed)}`).join(',');
  const words: number[] = [];
  for (let block = 0; block < 40; block++) {
    const bytes = createHmac('sha256', server_seed).update(`${hand_id}|${seeds}|${block}`).digest();
    for (let at = 0; at < 32; at += 4) words.push(bytes.readUInt32BE(at));
  }
  const below = (k: number): number => {
    const word = words.shift() as number;
    return word < Math.floor(2 ** 32 / k) * k ? word % k : below(k);
  };
  const ranks = ['A', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K'];
  const deck = [...'HDCS'].flatMap((suit) => ranks.map((rank) => rank + suit));
  for (let i = 51; i > 0; i--) {
    const j = below(i + 1);
    [deck[i], deck[j]] = [deck[j] as string, deck[i] as string];
  }
  return deck;
}
