import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Message, ofType } from '../support/game.js';
import { GuidedPlayer, type Step } from '../support/guided-player.js';
import { sha256 } from '../support/longhand.js';
import { type RunningServer, startServer } from '../support/server.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { type Connect, SDK_CLIENTS } from './walkers.js';

const HOSTS = ['api.coinbase.com', 'api.kraken.com', 'www.bitstamp.net', 'api.gemini.com', 'example.com'];

let fixture: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  fixture = await TlsFixture.start(HOSTS);
  fixture.show('valid');
  server = await startServer({ EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

interface Game {
  readonly alice: GuidedPlayer;
  readonly bob: GuidedPlayer;
}

type IsOver = (player: GuidedPlayer, next: Step) => boolean;
const isToldToBetAgain: IsOver = ({ heard }, { tool, why }) =>
  tool === 'post_message' && why.includes("nobody's turn") && ofType(heard, 'bot:reveal').length > 0;
const isToldItIsOver: IsOver = (_, { tool, why }) => tool === 'create_channel' && why.includes('is over');
/** The question was asked from the player's own seat, and an answer came after it. */
const isAnswered =
  (type: string): IsOver =>
  ({ heard, slot }) => {
    const asked = heard.find(({ sender }) => sender === slot);
    return asked !== undefined && heard.some(({ id, body }) => body.type === type && id > asked.id);
  };

describe('Two clients that follow only the server’s instructions finish', () => {
  test('GuessBot, and its reveal matches the commitment', async () => {
    const { alice, bob } = await playGuided('GuessBot', isToldItIsOver);

    for (const { heard } of [alice, bob]) verifyReveal(heard);
  });

  test('a hand of BlackjackBot: its deck is revealed, and each player is asked to bet again', async () => {
    const { alice } = await playGuided('BlackjackBot', isToldToBetAgain);

    const [results] = ofType(alice.heard, 'results');
    const reveal = ofType(alice.heard, 'bot:reveal')[0]?.body;
    expect(results?.body.results.map(({ player }: { player: string }) => player).sort()).toEqual(['s1', 's2']);
    expect(sha256(`${reveal.server_seed}|${reveal.hand_id}`)).toBe(reveal.commitment);
  });

  test('SpellBot over GuessBot: a spell is cast and kept, and the game ends', async () => {
    const { alice, bob } = await playGuided('SpellBot', isToldItIsOver);

    for (const { heard } of [alice, bob]) {
      expect(ofType(heard, 'constraint:kept')).toHaveLength(1);
      verifyReveal(heard);
    }
  });

  test('PriceBot: each has asked and got an answer', async () => {
    const { alice, bob } = await playGuided('PriceBot', isAnswered('price'));

    for (const { heard } of [alice, bob]) expect(ofType(heard, 'price')[0]?.body).toMatchObject({ used: 4 });
  });

  test('TlsBot: each has asked and got an answer', async () => {
    const { alice, bob } = await playGuided('TlsBot', isAnswered('certificate'));

    for (const { heard } of [alice, bob]) expect(ofType(heard, 'certificate')[0]?.body.validated).toBe(true);
  });
});

/** One comes with the newest revision, one with a handshake of the old one. Each call that is refused throws. */
async function playGuided(preset: string, isOver: IsOver): Promise<Game> {
  const [[, legacy], [, modern]] = SDK_CLIENTS as [[string, Connect], [string, Connect]];
  await using alicesClient = await modern(server, 'alice');
  await using bobsClient = await legacy(server, 'bob');
  const [alice, bob] = [new GuidedPlayer(alicesClient, 'alice'), new GuidedPlayer(bobsClient, 'bob')];

  const invites = await open(alice, preset);
  const joinFor = async (player: GuidedPlayer) => {
    const { next } = await player.call('start_here', {}, 'The name says so.');
    return next.find(({ tool }: Step) => tool === 'join_channel') as Step;
  };
  const joins = [await joinFor(alice), await joinFor(bob)] as const;
  const games = [alice, bob].map((player, i) => player.play(joins[i] as Step, invites[i] as string, isOver));
  await Promise.all(games).finally(() => print(preset, alice, bob));

  for (const { heard } of [alice, bob]) {
    expect(ofType(heard, 'violation')).toEqual([]);
    expect(ofType(heard, 'bot:error')).toEqual([]);
  }
  return { alice, bob };
}

/** Opens a channel with a preset as list_presets and its own page say, and answers with the invites. */
async function open(alice: GuidedPlayer, preset: string): Promise<string[]> {
  const { next } = await alice.call('start_here', {}, 'The name says so.');
  const listing = next.find(({ tool }: Step) => tool === 'list_presets');
  const { presets } = await alice.take(listing);
  const { seats } = presets.find(({ name }: { name: string }) => name === preset);
  const { text } = await alice.call(
    'fetch',
    { id: `preset:${preset}` },
    'list_presets says that this tells how it is played.',
  );
  const [, quoted] = /Create a channel with [^`]*`([^`]+)`/.exec(text) ?? [];
  const bots = JSON.parse(`{${quoted?.replace(/^(\w+):/, '"$1":')}}`);
  const slots = [
    ...(bots.bots ?? [bots]).map((_: unknown, i: number) => `bot:referee-${i + 1}`),
    ...Array.from({ length: Math.max(2, seats.min) }, (_, i) => `invite:player-${i + 1}`),
  ];
  const created = await alice.call('create_channel', { name: preset, slots, ...bots }, 'Its page says so.');
  return created.invites;
}

function verifyReveal(heard: readonly Message[]) {
  const [commit] = ofType([...heard], 'bot:commit');
  const reveal = ofType([...heard], 'bot:reveal').find(({ kind }) => kind === 'control');
  expect(reveal).toBeDefined();
  expect(sha256(`${reveal?.body.target}|${reveal?.body.nonce}`)).toBe(commit?.body.commit);
}

/** `SHOW_TRANSCRIPTS=1 npx jest test/clients/guided-play` prints what was called, and why. */
function print(preset: string, ...players: GuidedPlayer[]) {
  if (!process.env.SHOW_TRANSCRIPTS) return;
  process.stdout.write(`\n${preset}\n${players.flatMap(({ calls }) => calls).join('\n')}\n`);
}
