import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { type Message, ofType, readAll, readUntil, say, typesOf } from '../support/game.js';
import { hmacSha256, sha256 } from '../support/longhand.js';
import { eventually } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { stored } from '../support/stored.js';
import { storedChannel } from '../support/stored-log.js';

/** Long enough for no clock to go off by itself. */
const PATIENT = { decision_s: 600, betting_s: 600 };
const BOT = 'bot_BlackjackBot_0';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe.each(DOORS)('A blackjack table, over %s', (_, door) => {
  test('commits before anybody sits down', async () => {
    await using table = await openTable(door, PATIENT);

    const messages = await readAll(table.bob, table.id);

    expect(typesOf(messages)).toEqual([
      ...['channel_created', 'bots_announced', 'bot:attach', 'bot:manifest', 'prompt', 'bot:commit', 'betting'],
      ...['member_joined', 'player_joined', 'member_joined', 'player_joined'],
    ]);
    expect(ofType(messages, 'bot:commit')[0]?.body).toMatchObject({
      hand_id: 'hnd_1',
      commitment: expect.stringMatching(/^[0-9a-f]{64}$/),
      beacon: 'none',
    });
  });

  test('deals the cards that it committed to, for two hands, and anyone can check them', async () => {
    await using table = await openTable(door, PATIENT);
    const { alice, bob, id } = table;

    const seeded = await say(alice, id, 'seed alice-entropy');
    await say(alice, id, 'bet 10');
    const dealt = await say(bob, id, 'bet 5');
    await playOut(table);
    await say(alice, id, 'bet 10');
    await say(bob, id, 'seed bob’s own');
    await say(bob, id, 'bet 5');
    await playOut(table);
    const [verification] = await say(alice, id, 'verify hnd_1');

    expect(seeded[0]?.body).toMatchObject({ type: 'seed', player: 's1', legal: ['bet', 'seed', 'skip', 'leave'] });
    expect(typesOf(dealt).slice(0, 3)).toEqual(['bet', 'client_seeds', 'deal']);
    expect(dealt[1]?.body.client_seeds).toEqual([{ player: 's1', seed: 'alice-entropy' }]);
    expect(verification?.body).toMatchObject({ type: 'verification', hand_id: 'hnd_1', ok: true });
    expect(verification?.body.checks.length).toBeGreaterThanOrEqual(4);
    const messages = await readAll(bob, id);
    expect(await readAll(alice, id)).toEqual(messages);
    expect(ofType(messages, 'bot:reveal').map(({ body }) => body.hand_id)).toEqual(['hnd_1', 'hnd_2']);
    assertFair(messages);
  });

  test('accepts a move as text, as an object, as the JSON text of an object and as a typed move', async () => {
    await using table = await openTable(door, PATIENT);
    const { alice, bob, id: channel_id } = table;
    const move = (rest: object) => ({ type: 'move', game: 'blackjack', ...rest });
    const make = async (person: Person, action: string, value?: unknown) =>
      (await person.call('make_game_move', { channel_id, game: 'blackjack', action, value })).replies;

    const bets = [
      await say(alice, channel_id, ' BET  10 '),
      await say(alice, channel_id, move({ action: 'bet', amount: 11 })),
      await say(alice, channel_id, JSON.stringify(move({ action: 'bet', amount: 12 }))),
      await make(alice, 'bet', 13),
      await make(alice, 'bet', '14'),
    ];
    await make(bob, 'seed', 'typed words');
    await make(bob, 'bet', 5);
    const messages = await readAll(alice, channel_id);
    const turn = ofType(messages, 'bot:turn').at(-1)?.body;

    expect(bets.map(([bet]) => bet?.body.stake)).toEqual([10, 11, 12, 13, 14]);
    expect(ofType(messages, 'client_seeds')[0]?.body.client_seeds).toEqual([{ player: 's2', seed: 'typed words' }]);
    if (turn) {
      const stood = await make(turn.player === 's1' ? alice : bob, 'stand');
      expect(stood[0]?.body).toMatchObject({ type: 'stand', player: turn.player });
    }
  });

  test('draws no card for a player whose turn it is not, or for a move that is not possible', async () => {
    // So low that one card more ends nobody's turn.
    await using table = await dealtTable(door, PATIENT, 10);
    const { id, other, thinker } = table;
    const before = await say(other, id, 'status');

    const refused = [
      await say(other, id, 'hit'),
      await say(other, id, 'stand'),
      await say(other, id, { type: 'move', game: 'blackjack', action: 'double' }),
      await say(thinker, id, 'bet 5'),
      await say(thinker, id, 'seed too late'),
      await say(thinker, id, { type: 'move', game: 'blackjack', action: 'split' }),
      await say(thinker, id, { type: 'move', game: 'blackjack', action: 'hit', player: 's9', sender: 's9' }),
    ];
    const chat = await say(other, id, 'hit me next time');

    expect(refused.slice(0, 6).map(([violation]) => violation?.body.reason)).toEqual([
      ...['BAD_TURN', 'BAD_TURN', 'BAD_TURN', 'BAD_TURN', 'BAD_TURN', 'BAD_MOVE'],
    ]);
    expect(refused[0]?.[0]).toMatchObject({ kind: 'control', body: { type: 'violation', legal: ['leave'] } });
    // Whatever a body says, it is the sender who plays.
    expect(refused[6]?.[0]?.body).toMatchObject({ type: 'hit', player: table.thinkerSeat });
    expect(chat).toEqual([]);
    expect(before[0]?.body.dealer_hand[1]).toBe('??');
    const hits = ofType(await readAll(other, id), 'hit').map(({ body }) => body.hand.length);
    expect(hits).toEqual([3]);
    const late = await say(thinker, id, 'double');
    expect(late[0]?.body.type).toBe('violation');
  });

  test('stands for a player who is silent, and then pauses without another timer', async () => {
    await using table = await openTable(door, { decision_s: 1, betting_s: 1, idle_s: 1 });
    const { alice, bob, id } = table;
    await say(alice, id, 'bet 10');

    // On a busy machine the table may have rested before the bet, too.
    const messages = await eventually(async () => {
      const all = await readAll(bob, id);
      const since = all.findIndex(({ body }) => body.type === 'results');
      return since >= 0 && ofType(all.slice(since), 'round:reveal').length > 0 && all;
    });

    const stands = ofType(messages, 'stand').filter(({ body }) => body.reason === 'timeout');
    expect(stands.length).toBe(ofType(messages, 'bot:turn').length);
    for (const [i, { ts }] of stands.entries()) {
      const deadline = ofType(messages, 'bot:turn')[i]?.body.deadline;
      expect(Date.parse(ts)).toBeGreaterThanOrEqual(Date.parse(deadline));
    }
    expect(ofType(messages, 'bot:reveal').at(-1)?.body).toMatchObject({ void: true, verified: true });
    assertFair(messages);
    await new Promise((later) => setTimeout(later, 1_500));
    expect((await readAll(bob, id)).length).toBe(messages.length);
    expect(typesOf(await say(bob, id, 'bet 5')).slice(0, 3)).toEqual(['bot:commit', 'betting', 'bet']);
  });

  test('shows nobody the hole card, the deck or the seed before the hand is over', async () => {
    await using table = await dealtTable(door);
    const { alice, bob, id: channel_id } = table;
    await using eve = await door(server, 'eve');
    const { hand } = JSON.parse(storedChannel(server.dataDir, channel_id).attachment.state);
    const hole = hand.dealt[5];
    const probes: [operation: string, input: object][] = [
      ['sync_messages', { channel_id }],
      ['get_messages', { channel_id }],
      ['who', { channel_id }],
      ['list_runs', { channel_id, bot_id: BOT }],
      ['get_bot_code', { channel_id, bot_id: BOT }],
      ['dm_bot', { channel_id, bot_id: BOT, message: '!status' }],
      ['dm_bot', { channel_id, bot_id: BOT, message: 'verify hnd_1' }],
      ['post_message', { channel_id, body: 'status' }],
      ['post_message', { channel_id, body: 'verify hnd_1' }],
      ['post_message', { channel_id, body: { type: 'move', game: 'blackjack', action: 'reveal' } }],
    ];

    const answers = await Promise.all(
      [alice, bob, eve].flatMap((person) =>
        probes.map(([operation, input]) =>
          person.call(operation, input).then(
            (answer) => JSON.stringify(answer),
            ({ problem }) => JSON.stringify(problem),
          ),
        ),
      ),
    );

    expect(answers.join()).toContain('dealer_hand');
    for (const said of [...answers, server.log()]) {
      expect(said).not.toContain(hand.server_seed);
      expect(said).not.toContain(`"${hole}"`);
    }
    await playOut(table);
    expect(ofType(await readAll(bob, channel_id), 'dealer')[0]?.body.hand[1]).toBe(hole);
  });

  test('finishes a hand that a power cut interrupted, by moves or by its timer', async () => {
    await using played = await dealtTable(door);
    await using silent = await dealtTable(door, { decision_s: 2 });
    const before = await readAll(played.bob, played.id);

    await server.crashAndRestart();
    const after = await readAll(played.bob, played.id);
    await playOut(played);

    expect(JSON.stringify(after)).toBe(JSON.stringify(before));
    for (const { bob, id } of [played, silent]) {
      const messages = await readUntil(bob, id, 'bot:reveal');
      expect(ofType(messages, 'results')).toHaveLength(1);
      assertFair(messages);
    }
  });

  test('pays a player who leaves during a hand, and gives no new chips when the player comes back', async () => {
    await using table = await dealtTable(door);
    const { alice, bob, thinker, other, id } = table;
    await say(other, id, 'leave');
    const again = await say(other, id, 'sit');

    await say(thinker, id, 'stand');
    const messages = await readUntil(alice, id, 'results');

    expect(again[0]?.body).toMatchObject({ type: 'player_joined', chips: expect.any(Number) });
    const { results } = ofType(messages, 'results')[0]?.body ?? {};
    expect(results.map(({ player }: { player: string }) => player)).toEqual(['s1', 's2']);
    for (const { chips, delta } of results) expect(chips).toBe(100 + delta);
    assertFair(await readAll(bob, id));
  });

  test.each([
    ['a seed', ({ hand }: State) => Object.assign(hand, { server_seed: '0'.repeat(64) }), true],
    [
      'a card',
      ({ hand }: State) =>
        Object.assign(hand, { dealt: [hand.dealt[0] === 'AH' ? 'KS' : 'AH', ...hand.dealt.slice(1)] }),
      true,
    ],
    [
      'a seed and its commitment',
      ({ hand }: State) => {
        const server_seed = '0'.repeat(64);
        Object.assign(hand, { server_seed, commit: sha256(`${server_seed}|${hand.hand_id}`) });
        hand.dealt = [];
      },
      false,
    ],
  ])('shows that it was manipulated if somebody changes %s in the database', async (__, tamper, isFlagged) => {
    await using table = await dealtTable(door);
    const { thinker, bob, id } = table;

    await server.stop();
    changeState(id, tamper);
    await server.start();
    await say(thinker, id, 'stand');
    await playOut(table);
    const messages = await readUntil(bob, id, 'bot:reveal');
    const [verification] = await say(bob, id, 'verify hnd_1');

    const reveal = ofType(messages, 'bot:reveal')[0]?.body;
    const results = ofType(messages, 'results')[0]?.body;
    expect(() => assertFair(messages)).toThrow();
    expect([results.flagged ?? false, reveal.flagged, verification?.body.ok]).toEqual([
      isFlagged,
      isFlagged,
      !isFlagged,
    ]);
    if (isFlagged) {
      expect(results.results.map(({ result, chips }: Record<string, unknown>) => [result, chips])).toEqual([
        ['void', 100],
        ['void', 100],
      ]);
    } else {
      expect(reveal.verified).toBe(false);
    }
  });
});

interface Table extends AsyncDisposable {
  readonly id: string;
  readonly alice: Person;
  readonly bob: Person;
}

interface State {
  hand: { hand_id: string; server_seed: string; commit: string; dealt: string[] };
}

/** alice sits in s1, bob in s2. */
async function openTable(door: Door, bot_params: object): Promise<Table> {
  const [alice, bob] = await Promise.all([door(server, 'alice'), door(server, 'bob')]);
  const { channel_id: id, invites } = await alice.call('create_channel', {
    name: 'Blackjack',
    slots: ['bot:dealer', 'invite:player1', 'invite:player2'],
    bot_preset: 'BlackjackBot',
    bot_params,
  });
  await alice.call('join_channel', { invite_code: invites[0] });
  await bob.call('join_channel', { invite_code: invites[1] });
  return { id, alice, bob, [Symbol.asyncDispose]: async () => void (await Promise.all([alice.close(), bob.close()])) };
}

/** A table with a hand in which nobody was dealt a natural: somebody has to decide, and the other is not on turn yet. */
async function dealtTable(door: Door, params: object = PATIENT, most = 20) {
  for (;;) {
    const table = await openTable(door, params);
    const { alice, bob, id } = table;
    await say(alice, id, 'bet 10');
    await say(bob, id, 'bet 10');
    const deal = ofType(await readAll(alice, id), 'deal')[0]?.body;
    const totals = deal.seats.map(({ total }: { total: number }) => total);
    if (totals[0] <= most && totals[1] < 21) return { ...table, thinker: alice, other: bob, thinkerSeat: 's1' };
    await table[Symbol.asyncDispose]();
  }
}

/** Everybody stands as soon as they may, until the hand is over. */
async function playOut({ alice, bob, id }: Table) {
  for (;;) {
    const messages = await readAll(alice, id);
    const hand = ofType(messages, 'deal').at(-1)?.body.hand_id;
    if (ofType(messages, 'bot:reveal').some(({ body }) => body.hand_id === hand)) return;
    const turn = ofType(messages, 'bot:turn').at(-1)?.body;
    await say(turn.player === 's1' ? alice : bob, id, 'stand');
  }
}

/** Somebody with a hand in the database, while the server is down. */
function changeState(channelId: string, tamper: (state: State) => void) {
  stored(
    server.dataDir,
    (database) => {
      const [json] = database.prepare('SELECT state FROM attachment WHERE channel_id = ?').pluck().all(channelId);
      const state = JSON.parse(String(json));
      tamper(state);
      database.prepare('UPDATE attachment SET state = ? WHERE channel_id = ?').run(JSON.stringify(state), channelId);
    },
    false,
  );
}

/** What anyone who was there can check, of each hand that was opened: the commitments, the deck, and every card in its place. */
function assertFair(messages: Message[]) {
  const commits = ofType(messages, 'bot:commit');
  for (const { id, body } of ofType(messages, 'bot:reveal')) {
    const { hand_id, server_seed, client_seeds, commitment } = body;
    const commit = commits.find((each) => each.body.hand_id === hand_id);
    const of = (type: string) => ofType(messages, type).find((each) => each.body.hand_id === hand_id);
    expect(body.verified).toBe(true);
    expect([commitment, sha256(`${server_seed}|${hand_id}`)]).toEqual([commit?.body.commitment, commitment]);
    if (body.void) continue;

    const [seeds, deal] = [of('client_seeds'), of('deal')];
    const order = [commit?.id, seeds?.id, deal?.id, of('dealer')?.id, of('results')?.id];
    expect(order).toEqual([...order].sort((a, b) => Number(a) - Number(b)));
    expect(seeds?.body.client_seeds).toEqual(client_seeds);
    expect(commits.some((next) => next.id < id && next.body.commitment === body.next_commitment)).toBe(true);
    const deck = deckFrom(hand_id, server_seed, client_seeds);
    expect(body.deck_order).toEqual(deck);
    expect(cardsInOrder(messages, hand_id)).toEqual(deck.slice(0, body.dealt.length));
  }
}

/** Every card of a hand in the order in which the members saw it come from the deck. */
function cardsInOrder(messages: Message[], hand_id: string): string[] {
  const of = messages.filter(({ body }) => body.hand_id === hand_id).map(({ body }) => body);
  const { seats } = of.find(({ type }) => type === 'deal');
  const { hand: dealer } = of.find(({ type }) => type === 'dealer');
  const hands = [...seats.map(({ hand }: { hand: string[] }) => hand), dealer];
  const first = [0, 1].flatMap((i) => hands.map((hand) => hand[i]));
  return [
    ...first,
    ...of.flatMap(({ type, card }) => (['hit', 'double'].includes(type) ? [card] : [])),
    ...dealer.slice(2),
  ];
}

/** The deck of bot-presets/blackjack/README.md, written down a second time. */
function deckFrom(hand_id: string, server_seed: string, seeds: { player: string; seed: string }[]): string[] {
  const mixed = seeds.map(({ player, seed }) => `${player}:${sha256(seed)}`).join(',');
  const key = Buffer.from(server_seed, 'ascii');
  const words: number[] = [];
  for (let block = 0; block < 20; block++) {
    const bytes = Buffer.from(hmacSha256(key, `${hand_id}|${mixed}|${block}`), 'hex');
    for (let at = 0; at < 32; at += 4) words.push(bytes.readUInt32BE(at));
  }
  const suits = ['H', 'D', 'C', 'S'];
  const deck = suits.flatMap((suit) => 'A 2 3 4 5 6 7 8 9 10 J Q K'.split(' ').map((rank) => `${rank}${suit}`));
  for (let left = 52; left > 1; left--) {
    const fair = (word: number) => word < 2 ** 32 - (2 ** 32 % left);
    while (!fair(words[0] as number)) words.shift();
    const at = (words.shift() as number) % left;
    const [card] = deck.splice(at, 1, deck[left - 1] as string);
    deck[left - 1] = card as string;
  }
  return deck;
}
