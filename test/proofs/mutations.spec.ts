import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { nodeMeans } from '../../verifier/node-means.js';
import type { Report } from '../../verifier/report/report.js';
import { verify } from '../../verifier/verify.js';
import { DOORS } from '../support/doors.js';
import { everyEffect } from '../support/every-effect.js';
import { openGame, say } from '../support/game.js';
import { canonical, sha256 } from '../support/longhand.js';
import type { MadeBundle } from '../support/made-bundle.js';
import { generator, mutated } from '../support/mutations.js';
import { sizeOf } from '../support/portion.js';
import { eventually, openRoom, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { secretOf } from '../support/stored-log.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { exportedBundle, findingsIn, verifiedBundle } from '../support/verified.js';

/** Single mutations of each bundle, of values and of bytes. */
const MUTATIONS = 1_700;
const BYTES = 400;

const GAMES: [string, () => Promise<MadeBundle>][] = [
  ['a game of guessing', guessing],
  ['a bot that does all that a bot can do', everything],
  ['a bot that asks the network', prices],
];
const bundles = new Map<string, MadeBundle>();

const HOSTS = ['api.coinbase.com', 'api.kraken.com', 'www.bitstamp.net', 'api.gemini.com'];
const [, door] = DOORS[0]!;

let fixture: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  fixture = await TlsFixture.start(HOSTS);
  server = await startServer({ EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile });
  // All of them first: while a long program computes, connections to the server end.
  for (const [name, make] of GAMES) bundles.set(name, await make());
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

jest.setTimeout(1_800_000);

describe.each(GAMES.map(([name]) => name))('The bundle of %s', (name) => {
  let bundle: MadeBundle;
  beforeAll(async () => {
    bundle = bundles.get(name) as MadeBundle;
    const report = await verifiedBundle(bundle);
    expect(findingsIn(report)).toEqual([]);
    expect(report.verdict).toBe('VERIFIED');
  });

  test('with a change in any single place does not hold, and what differs is named', async () => {
    const unnoticed: string[] = [];
    for (let i = 0; i < sizeOf(MUTATIONS); i += 1) {
      const { what, bundle: changed } = mutated(bundle, jest.getSeed() + i);
      const report = await judged(changed, bundle);
      if (isNoticed(report, what)) continue;
      unnoticed.push(`${jest.getSeed() + i} ${what}: ${report.verdict} ${JSON.stringify(report.first)}`);
    }

    expect(unnoticed).toEqual([]);
  });

  test('with any single byte changed does not hold', async () => {
    const unnoticed: string[] = [];
    const { readme, viewer, ...read } = bundle;
    const bytes = Buffer.from(canonical(bundle));
    const skipped = [readme, viewer].map((value) => {
      const text = Buffer.from(JSON.stringify(value));
      return [bytes.lastIndexOf(text), text.length] as const;
    });
    const random = generator(jest.getSeed());
    for (let i = 0; i < sizeOf(BYTES); i += 1) {
      const at = random(bytes.length);
      if (skipped.some(([from, length]) => at >= from && at < from + length)) continue;
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ (1 << random(8));
      const { verdict } = await verify(changed, { keys: [bundle.keys.at(-1)] }, nodeMeans());
      if (verdict !== 'INVALID' && verdict !== 'DIVERGED') unnoticed.push(`byte ${at}: ${verdict}`);
    }

    expect(read.entries.length).toBeGreaterThan(10);
    expect(unnoticed).toEqual([]);
  });
});

const judged = (changed: MadeBundle, { keys }: MadeBundle): Promise<Report> =>
  verify(Buffer.from(canonical(changed)), { keys: [keys.at(-1)] }, nodeMeans());

/** A change of an entry names it, or an earlier one that another place shows to differ. */
function isNoticed({ verdict, first }: Report, what: string): boolean {
  if ((verdict !== 'INVALID' && verdict !== 'DIVERGED') || !first) return false;
  const [, index] = /\/entries\/(\d+)/.exec(what) ?? [];
  if (index === undefined) return first.text.length > 0;
  return first.entry === Number(index) + 1 || /^(swaps|drops|doubles|truncates) .*\/entries\/\d+$/.test(what);
}

async function guessing(): Promise<MadeBundle> {
  await using game = await openGame(server, door, { range: [1, 1_000_000], timeout_s: 600 }, ['a', 'b', 'c']);
  const { alice, bob, channelId: id } = game;
  for (const person of [alice, bob]) await say(person, id, 'guess nothing');
  const { target } = secretOf(server.dataDir, id);
  for (const person of [alice, bob]) await say(person, id, `guess ${target}`);
  await alice.call('update_channel', { channel_id: id, ops: [{ type: 'close' }] });
  return exportedBundle(bob, id);
}

async function everything(): Promise<MadeBundle> {
  await using room = await openRoom(server, door, { bot_code: everyEffect('typescript'), entropy: 'a stone' });
  const { alice, bob, id } = room;
  const doing = (...steps: unknown[][]) => say(alice, id, { type: 'do', do: steps });
  await doing(['draw'], ['count'], ['seal'], ['timer'], ['commit', sha256('7|n')]);
  await bob.call('post_message', { channel_id: id, to: 'bot_Every_0', sealed: true, body: 'a sealed bid' });
  await doing(['reveal'], ['open', 7, 'n'], ['open', 8, 'n']);
  await doing(['throw']);
  await eventually(async () => (await told(bob, id, 'rang')).length > 0);
  await doing(['finish']);
  await alice.call('update_channel', { channel_id: id, ops: [{ type: 'close' }] });
  return exportedBundle(alice, id);
}

async function prices(): Promise<MadeBundle> {
  await using room = await openRoom(server, door, { bot_preset: 'PriceBot', entropy: 'a leaf' });
  await say(room.alice, room.id, 'Price please');
  await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'close' }] });
  return exportedBundle(room.bob, room.id);
}
