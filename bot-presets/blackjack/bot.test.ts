import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { play as playAt } from '../../bot-sdk/play.js';
import { readPlayable } from '../../bot-sdk/playable.js';
import type { ScriptStep, TableOptions, Transcript } from '../../bot-sdk/table.js';

const bot = readPlayable('bot-presets/blackjack');
const play = async (script: ScriptStep[], setting?: TableOptions) => playAt(await bot, script, setting);
const ALONE: ScriptStep[] = [['join', 's1']];
const PAIR: ScriptStep[] = [...ALONE, ['join', 's2']];
const say = (seat: string, ...words: (string | JsonObject)[]) => words.map((word): ScriptStep => ['say', seat, word]);

/** Seeds by what they deal to one player in the first hand: to the player, to the dealer, and then. */
const DEALS = {
  /** 4C JC, 3C QC, JS 4D. */
  bust: '0',
  /** 10H JC, 3C KH, KS. */
  twenty: '7',
  /** 4D 7S, 2H 9D, QS 7C. */
  eleven: '4',
  /** AC 10S, 4H JH. */
  natural: '15',
  /** 8S AD, 9D QS. */
  push: '26',
  /** JC 5C, AC KS. */
  dealerNatural: '31',
  /** 10D 6C, 6S AS. */
  softSeventeen: '83',
};

// biome-ignore lint/suspicious/noExplicitAny: a dialogue knows what was said
const ofType = ({ posts }: Transcript, type: string): any[] =>
  posts.map(({ body }) => body).filter((body) => body.type === type);
const typesOf = ({ posts }: Transcript) => posts.map(({ body }) => body.type);
const violations = (transcript: Transcript) => ofType(transcript, 'violation').map(({ reason }) => reason);
const result = (transcript: Transcript) => ofType(transcript, 'results')[0]?.results[0];
const alone = (seed: string, ...words: (string | JsonObject)[]) =>
  play([...ALONE, ...say('s1', 'bet 10', ...words)], { seed });

describe('A table', () => {
  test('commits before the first bet', async () => {
    const { posts, timers } = await play([]);

    expect(posts.map(({ kind, body }) => [kind, body.type])).toEqual([
      ['bot', 'prompt'],
      ['control', 'bot:commit'],
      ['control', 'betting'],
    ]);
    expect(posts[1]?.body).toMatchObject({ hand_id: 'hnd_1', beacon: 'none', scheme: 'sha256(server_seed|hand_id)' });
    expect(posts[1]?.body.commitment).toBe(posts[1]?.body.commit);
    expect(timers).toEqual({ clock: '2026-01-01T01:00:00.000Z' });
  });

  test('gives places to those who join first, and the others watch', async () => {
    const transcript = await play([
      ...['s1', 's2', 's3', 's4', 's4'].map((seat): ScriptStep => ['join', seat]),
      ...say('s4', 'bet 10', 'sit', 'status'),
      ['leave', 's2'],
      ...say('s4', 'sit', 'sit'),
    ]);

    const joined = ofType(transcript, 'player_joined');
    expect(joined.map(({ player, chips }) => [player, chips])).toEqual(['s1', 's2', 's3', 's4'].map((s) => [s, 100]));
    expect(violations(transcript)).toEqual(['BAD_TURN', 'BAD_MOVE', 'BAD_MOVE']);
    expect(ofType(transcript, 'table')[0]).toMatchObject({ phase: 'betting', chairs: ['s1', 's2', 's3'], legal: [] });
  });

  test('keeps the chips of a seat, so that leaving does not undo a loss', async () => {
    const transcript = await play([...ALONE, ...say('s1', 'bet 10', 'hit'), ['leave', 's1'], ['join', 's1']], {
      seed: DEALS.bust,
    });

    expect(ofType(transcript, 'player_joined').map(({ chips }) => chips)).toEqual([100, 90]);
  });

  test('uses the smaller of the two stakes as the minimum', async () => {
    const { posts } = await play([], { params: { min_stake: 30, max_stake: 20 } });

    expect(posts.at(-1)?.body.stakes).toEqual({ min: 20, max: 30 });
  });
});

describe('Betting', () => {
  test('ends when everyone has bet; the seeds are posted first, and one card is hidden', async () => {
    const transcript = await play([
      ...PAIR,
      ...say('s1', 'seed early', 'seed  Alice, entropy é', 'bet 10'),
      ...say('s2', 'bet 5'),
    ]);

    const types = typesOf(transcript);
    expect(types.slice(types.lastIndexOf('bet'))).toEqual(['bet', 'client_seeds', 'deal', 'bot:turn']);
    expect(ofType(transcript, 'client_seeds')).toMatchObject([
      { hand_id: 'hnd_1', beacon: 'none', client_seeds: [{ player: 's1', seed: 'Alice, entropy é' }] },
    ]);
    const [deal] = ofType(transcript, 'deal');
    expect(deal.seats.map(({ player, stake, hand }: JsonObject) => [player, stake, hand])).toEqual([
      ['s1', 10, [expect.any(String), expect.any(String)]],
      ['s2', 5, [expect.any(String), expect.any(String)]],
    ]);
    expect(deal.dealer_hand).toEqual([expect.stringMatching(/^([A2-9JQK]|10)[HDCS]$/), '??']);
    expect(ofType(transcript, 'bot:turn')).toMatchObject([
      {
        player: 's1',
        turn_number: 1,
        legal: ['hit', 'stand', 'double', 'leave'],
        deadline: '2026-01-01T00:01:06.000Z',
      },
    ]);
  });

  test('ends by the timer for those who have bet; the others wait for the next hand', async () => {
    const transcript = await play([...PAIR, ...say('s2', 'bet 7'), ['timer', 'clock']]);

    expect(ofType(transcript, 'bet')[0]?.deadline).toBe('2026-01-01T00:00:33.000Z');
    expect(ofType(transcript, 'deal')[0]?.seats).toMatchObject([{ player: 's2', stake: 7 }]);
  });

  test('does not wait for a player who skips, has no chips or has left', async () => {
    const skipped = await play([...PAIR, ...say('s1', 'bet 10'), ...say('s2', 'skip')]);
    const left = await play([...PAIR, ...say('s1', 'bet 10'), ['leave', 's2']]);
    const broke = await play(
      [...ALONE, ...say('s1', 'bet 10', 'hit', 'bet 10'), ['join', 's2'], ...say('s2', 'bet 10')],
      { params: { chips: 10, min_stake: 10 }, seed: DEALS.bust },
    );

    expect(ofType(skipped, 'deal')).toHaveLength(1);
    expect(ofType(left, 'deal')).toHaveLength(1);
    expect(violations(broke)).toEqual(['BAD_MOVE']);
    expect(ofType(broke, 'deal').map(({ seats }) => seats.map(({ player }: JsonObject) => player))).toEqual([
      ['s1'],
      ['s2'],
    ]);
  });

  test('allows a bet to be changed or taken back, and returns all chips', async () => {
    const transcript = await play([
      ...PAIR,
      ...say('s1', 'bet 10', 'bet 25', 'skip', 'bet 5', 'leave'),
      ...say('s2', 'status'),
    ]);

    expect(ofType(transcript, 'bet').map(({ chips }) => chips)).toEqual([90, 75, 95]);
    expect(ofType(transcript, 'player_left')).toMatchObject([{ player: 's1', chips: 100 }]);
    expect(ofType(transcript, 'table')).toMatchObject([{ bets: [], deadline: null }]);
    expect(Object.keys(transcript.timers)).toEqual(['clock']);
    expect(ofType(transcript, 'deal')).toEqual([]);
  });

  test.each<[string | JsonObject, number]>([
    [' BET  +12 ', 12],
    [{ type: 'move', game: 'blackjack', action: 'bet', amount: 12 }, 12],
    [{ type: 'move', game: 'blackjack', action: 'bet', value: '12' }, 12],
  ])('accepts %j as a bet', async (body, stake) => {
    expect(ofType(await play([...ALONE, ...say('s1', body)]), 'bet')).toMatchObject([{ stake }]);
  });

  test.each<[string | JsonObject]>([
    ['bet'],
    ['bet 4'],
    ['bet 26'],
    ['bet -10'],
    ['bet 10.5'],
    ['bet 1e1'],
    ['bet ten'],
    [`bet ${'9'.repeat(40)}`],
    ['seed'],
    [`seed ${'x'.repeat(129)}`],
    [{ type: 'move', game: 'blackjack', action: 'bet' }],
    [{ type: 'move', game: 'blackjack', action: 'bet', amount: [10] }],
    [{ type: 'move', game: 'blackjack', action: 'seed', value: { a: 1 } }],
    [{ type: 'move', game: 'blackjack', action: 'split' }],
    [{ type: 'move', game: 'blackjack', action: 'constructor' }],
    [{ type: 'move', game: 'blackjack' }],
  ])('refuses %j, and nothing changes', async (body) => {
    const transcript = await play([...ALONE, ...say('s1', 'status', body, 'status')]);

    expect(violations(transcript)).toEqual(['BAD_MOVE']);
    const [before, after] = ofType(transcript, 'table');
    expect(after).toEqual(before);
  });

  test('refuses a bet that is higher than the player’s chips', async () => {
    const transcript = await play([...ALONE, ...say('s1', 'bet 11', 'bet 10')], { params: { chips: 10 } });

    expect(violations(transcript)).toEqual(['BAD_MOVE']);
    expect(ofType(transcript, 'deal')).toHaveLength(1);
  });
});

describe('A hand', () => {
  test('of eleven can be doubled: one card, twice the stake, and the dealer draws to 17', async () => {
    const transcript = await alone(DEALS.eleven, 'double');

    expect(ofType(transcript, 'double')).toMatchObject([
      { card: 'QS', hand: ['4D', '7S', 'QS'], total: 21, stake: 20 },
    ]);
    expect(ofType(transcript, 'dealer')).toMatchObject([{ hand: ['2H', '9D', '7C'], total: 18 }]);
    expect(result(transcript)).toMatchObject({ result: 'win', stake: 20, delta: 20, chips: 120, doubled: true });
  });

  test('of 21 stands automatically', async () => {
    expect(typesOf(await alone(DEALS.eleven, 'hit')).slice(-6)).toEqual([
      ...['hit', 'dealer', 'results', 'bot:commit', 'bot:reveal', 'betting'],
    ]);
  });

  test('that is bust loses, and the dealer draws no card', async () => {
    const transcript = await alone(DEALS.bust, 'hit');

    expect(ofType(transcript, 'hit')).toMatchObject([{ card: 'JS', total: 24, status: 'bust' }]);
    expect(ofType(transcript, 'dealer')).toMatchObject([{ hand: ['3C', 'QC'], total: 13 }]);
    expect(result(transcript)).toMatchObject({ result: 'lose', delta: -10, chips: 90 });
  });

  test.each([
    ['a blackjack pays 3:2', 'bet 10', 15, 115],
    ['a blackjack pays 3:2, rounded down', 'bet 5', 7, 107],
  ])('%s, at once', async (_, bet, delta, chips) => {
    const transcript = await play([...ALONE, ...say('s1', bet)], { seed: DEALS.natural });

    expect(ofType(transcript, 'bot:turn')).toEqual([]);
    expect(result(transcript)).toMatchObject({ status: 'blackjack', result: 'blackjack', delta, chips });
  });

  test.each([
    ['that equals the dealer gets its stake back', DEALS.push, 'push', 0, ['9D', 'QS']],
    ['loses to a blackjack', DEALS.dealerNatural, 'lose', -10, ['AC', 'KS']],
    ['meets a dealer who stands on a soft 17', DEALS.softSeventeen, 'lose', -10, ['6S', 'AS']],
    ['wins when the dealer busts', DEALS.twenty, 'win', 10, ['3C', 'KH', 'KS']],
  ])('%s', async (_, seed, outcome, delta, dealer) => {
    const transcript = await alone(seed, 'stand');

    expect(result(transcript)).toMatchObject({ result: outcome, delta, chips: 100 + delta });
    expect(ofType(transcript, 'dealer')[0]?.hand).toEqual(dealer);
  });

  test('cannot be doubled after a hit, or without enough chips', async () => {
    const late = await alone('1', 'hit', 'double');
    const poor = await play([...ALONE, ...say('s1', 'bet 10', 'double')], { params: { chips: 19 }, seed: '1' });

    for (const transcript of [late, poor]) {
      expect(violations(transcript)).toEqual(['BAD_MOVE']);
      expect(ofType(transcript, 'violation')[0]?.legal).toEqual(['hit', 'stand', 'leave']);
      expect(ofType(transcript, 'double')).toEqual([]);
    }
  });

  test('is played only by the player whose turn it is', async () => {
    const transcript = await play([
      ...PAIR,
      ...say('s1', 'hit', 'bet 10'),
      ...say('s2', 'bet 10'),
      ['join', 's3'],
      ...say('s2', 'hit', 'stand', 'double', 'bet 5', 'seed late', 'skip'),
      ...say('s3', 'stand'),
      ...say('s4', 'hit'),
      ...say('s1', 'status'),
    ]);

    expect(violations(transcript)).toEqual(Array.from({ length: 9 }, () => 'BAD_TURN'));
    const [deal] = ofType(transcript, 'deal');
    const [table] = ofType(transcript, 'table');
    expect([table.seats, table.dealer_hand, table.active]).toEqual([deal.seats, deal.dealer_hand, 's1']);
  });

  test('stands when its player is silent, and the table pauses when all players are silent', async () => {
    const transcript = await play([
      ...PAIR,
      ...say('s1', 'bet 10'),
      ...say('s2', 'bet 10'),
      ...['clock', 'clock', 'clock'].map((name): ScriptStep => ['timer', name]),
    ]);

    expect(ofType(transcript, 'stand').map(({ player, reason }) => [player, reason])).toEqual([
      ['s1', 'timeout'],
      ['s2', 'timeout'],
    ]);
    expect(typesOf(transcript).slice(-2)).toEqual(['bot:reveal', 'table_idle']);
    expect(ofType(transcript, 'bot:reveal').at(-1)).toMatchObject({ hand_id: 'hnd_2', void: true });
    expect(transcript.timers).toEqual({});
    expect(transcript.results).toMatchObject([{ hands: 1 }]);
  });

  test('continues without a player who leaves, and pays that player', async () => {
    const script: ScriptStep[] = [...PAIR, ...say('s1', 'bet 10'), ...say('s2', 'bet 10'), ['leave', 's2']];
    const transcript = await play([...script, ['join', 's2'], ...say('s2', 'hit'), ...say('s1', 'stand')]);

    expect(ofType(transcript, 'stand')).toMatchObject([{ player: 's2', reason: 'left' }, { player: 's1' }]);
    expect(ofType(transcript, 'bot:turn').map(({ player }) => player)).toEqual(['s1']);
    expect(violations(transcript)).toEqual(['BAD_TURN']);
    const [{ results }] = ofType(transcript, 'results');
    expect(results.map(({ player }: JsonObject) => player)).toEqual(['s1', 's2']);
    const mine = results[1];
    expect(mine.chips).toBe(100 + mine.delta);
  });

  test('passes the turn when its player leaves', async () => {
    const transcript = await play([...PAIR, ...say('s1', 'bet 10'), ...say('s2', 'bet 10'), ['leave', 's1']]);

    expect(ofType(transcript, 'bot:turn').map(({ player, turn_number }) => [player, turn_number])).toEqual([
      ['s1', 1],
      ['s2', 2],
    ]);
  });
});

describe('A table that has paused', () => {
  const resting: ScriptStep[] = [...ALONE, ['timer', 'clock']];

  test('starts a new hand for a move, and for nothing else', async () => {
    const asleep = await play([
      ...resting,
      ...say('s1', 'hello', 'status', 'hit', 'bet 1', 'leave'),
      ['dm', 's1', 'help'],
    ]);
    const awake = await play([...resting, ...say('s1', 'seed again')]);

    expect(ofType(asleep, 'bot:commit')).toHaveLength(1);
    expect(ofType(asleep, 'table')).toMatchObject([{ phase: 'idle' }]);
    expect(ofType(awake, 'bot:commit').map(({ hand_id }) => hand_id)).toEqual(['hnd_1', 'hnd_2']);
    expect(typesOf(awake).slice(-3)).toEqual(['bot:commit', 'betting', 'seed']);
  });

  test('does not deal in the hook that commits to the hand, so that the commitment is older than the cards', async () => {
    const woken = await play([...resting, ...say('s1', 'bet 10')]);
    const dealt = await play([...resting, ...say('s1', 'bet 10'), ['timer', 'clock']]);

    expect(typesOf(woken).slice(-3)).toEqual(['bot:commit', 'betting', 'bet']);
    expect(Object.keys(woken.timers)).toEqual(['clock']);
    expect(typesOf(dealt)).toContain('client_seeds');
  });

  test('starts a new hand for a player who joins', async () => {
    expect(typesOf(await play([...resting, ['join', 's2']])).slice(-3)).toEqual([
      ...['bot:commit', 'betting', 'player_joined'],
    ]);
  });
});

describe('A player who uses unknown words', () => {
  const NEAR = [
    'hti',
    'hitt',
    'ht',
    'htit',
    'stnd',
    'stand!',
    '!hit',
    '/bet 10',
    'bte 10',
    'beet',
    'duble',
    'sitt',
    'verfy',
    'statsu',
  ];
  const NEIGHBOURS = ['deal', 'Deal!', 'deal me', 'start', 'play', 'card', 'hit me', 'stake 10', 'split', 'h'];

  test.each([...NEAR, ...NEIGHBOURS])('is told which words are possible now: %s', async (word) => {
    const { posts, state } = await play([...PAIR, ...say('s1', word)]);
    const before = await play(PAIR);

    expect(posts.slice(before.posts.length)).toMatchObject([
      { kind: 'bot', body: { type: 'help', player: 's1', legal: ['bet', 'seed', 'skip', 'leave'] } },
    ]);
    expect(state).toEqual(before.state);
  });

  test.each(NEAR)('is told in private too: %s', async (word) => {
    const { posts } = await play([...PAIR, ['dm', 's1', word]]);

    // In private an exclamation mark before a word is how it is written there: this is a move, which does not count.
    const type = word === '!hit' ? 'error' : 'help';
    expect(posts.at(-1)).toMatchObject({ kind: 'private', to: 's1', body: { type, legal: expect.any(Array) } });
  });

  test.each(['hit', 'stand', 'double'])('and whose turn it is not is told that: %s', async (word) => {
    const { posts } = await play([...PAIR, ...say('s1', word)]);

    expect(posts.at(-1)?.body).toMatchObject({ type: 'violation', reason: 'BAD_TURN', player: 's1' });
  });

  test('has one minute for each turn', async () => {
    const { posts, timers } = await play([...ALONE, ...say('s1', 'bet 10')], { seed: DEALS.twenty });

    const turn = posts.find(({ body }) => body.type === 'bot:turn')?.body;
    expect(turn?.deadline).toBe(timers.clock);
    expect(Date.parse(String(turn?.deadline)) - Date.parse('2026-01-01T00:00:00.000Z')).toBe(62_000);
  });
});

describe('Chat', () => {
  test.each<[string, string | JsonObject]>([
    ['a word', 'hello'],
    ['nothing', ''],
    ['a sentence', 'hit me baby'],
    ['a sentence about betting', 'bet you cannot'],
    ['a long text', 'stand '.repeat(10_000)],
    ['a move of another game', { type: 'move', game: 'guess', action: 'hit' }],
    ['names of the language', { toString: 'x', constructor: null, hasOwnProperty: 1 }],
    ['a text that is a list', { text: ['hit'] }],
  ])('is ignored by the dealer: %s', async (_, body) => {
    const before = await play([...ALONE, ...say('s1', 'bet 10')], { seed: '1' });
    const { posts, errors } = await play([...ALONE, ...say('s1', 'bet 10', body)], { seed: '1' });

    expect(errors).toEqual([]);
    expect(posts).toEqual(before.posts);
  });
});

describe('A private message', () => {
  test('is answered in private, and never counts as a move', async () => {
    const words = ['!STATUS', 'help', 'verify', 'hit', 'nonsense'];
    const { posts, errors } = await play([
      ...ALONE,
      ...say('s1', 'bet 10'),
      ...words.map((word): ScriptStep => ['dm', 's1', word]),
      ['dm', 's1', {}],
    ]);

    const answers = posts.slice(-6);
    expect(errors).toEqual([]);
    expect(answers.every(({ kind, to }) => kind === 'private' && to === 's1')).toBe(true);
    expect(answers.map(({ body }) => body.type)).toEqual([
      ...['table', 'help', 'verification', 'error', 'error', 'error'],
    ]);
    expect(answers[0]?.body).toMatchObject({ phase: 'playing', dealer_hand: [expect.any(String), '??'] });
  });
});

describe('In many hands of three players', () => {
  const turns = ['hit', 'double', 'stand'].flatMap((word) =>
    ['s1', 's2', 's3'].map((seat): ScriptStep => ['say', seat, word]),
  );
  const hand = (i: number): ScriptStep[] => [
    ...say('s1', `seed mine ${i}, "quoted" | é`, 'bet 5'),
    ...say('s2', 'bet 5'),
    ...say('s3', `seed ${i}`, 'bet 5'),
    ...turns,
    ...turns,
    ...say('s1', 'stand'),
    ...say('s2', 'stand'),
    ...say('s3', 'stand'),
  ];
  const script: ScriptStep[] = [...PAIR, ['join', 's3'], ...Array.from({ length: 14 }, (_, i) => hand(i)).flat()];
  const played = play([...script, ...say('s1', 'verify', 'verify hnd_1', 'verify hnd_9')], {
    params: { chips: 10_000 },
  });

  test('each card and each result follows from the commitment', async () => {
    const transcript = await played;
    const commits = ofType(transcript, 'bot:commit');
    const reveals = ofType(transcript, 'bot:reveal');

    expect(transcript.errors).toEqual([]);
    expect(reveals.length).toBeGreaterThanOrEqual(14);
    for (const [i, reveal] of reveals.entries()) {
      expect(reveal.commitment).toBe(commits[i]?.commitment);
      expect(createHash('sha256').update(`${reveal.value}|${reveal.nonce}`).digest('hex')).toBe(reveal.commit);
      expect(reveal.next_commitment).toBe(commits[i + 1]?.commitment);
      assertFollows(reveal);
    }
    const sums = ofType(transcript, 'results').flatMap(({ results }) => results);
    const lost = sums.filter(({ player }) => player === 's1').reduce((sum, { delta }) => sum + delta, 10_000);
    expect(sums.filter(({ player }) => player === 's1').at(-1)?.chips).toBe(lost);
  });

  test('the script in the README confirms the reveals', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-verify-'));
    const [, script = ''] =
      /```js\n([^`]*\breveal\.json[\s\S]*?)```/.exec(readFileSync(`${HERE}/README.md`, 'utf8')) ?? [];
    writeFileSync(join(folder, 'verify.mjs'), script);

    for (const reveal of ofType(await played, 'bot:reveal').slice(0, 4)) {
      writeFileSync(join(folder, 'reveal.json'), JSON.stringify(reveal));
      const verify = () =>
        execFileSync(process.execPath, ['verify.mjs', 'reveal.json'], { cwd: folder, encoding: 'utf8' });
      expect(verify()).toBe('commitment ok\ndeck ok\ncards ok\n');
      writeFileSync(join(folder, 'reveal.json'), JSON.stringify({ ...reveal, client_seeds: [] }));
      expect(verify()).toBe('commitment ok\ndeck FAILS\ncards FAILS\n');
    }
    rmSync(folder, { recursive: true });
  });

  test('the bot verifies the hands that it still stores', async () => {
    const [newest, forgotten, kept] = ofType(await played, 'verification');

    for (const { ok, checks } of [newest, kept]) {
      expect(ok).toBe(true);
      expect(checks.map(({ check }: JsonObject) => check)).toEqual([
        ...['commitment', 'deck', 'cards', 'results', 'not_flagged'],
      ]);
    }
    expect(forgotten).toMatchObject({ ok: false, checks: [] });
  });

  test('the deck and the hole card stay hidden until the hand is over, and each post has a newer state version', async () => {
    const { posts, state } = await played;
    const hands = ofType(await played, 'bot:reveal');
    let open = 0;
    for (const { body } of posts) {
      const hand = hands[open];
      if (hand && body.type !== 'bot:reveal') expect(JSON.stringify(body)).not.toContain(hand.server_seed);
      if (hand && body.hand_id === hand.hand_id && !['dealer', 'bot:reveal'].includes(String(body.type))) {
        const hole = hand.dealt[2 * hand.bets.length + 1];
        expect(JSON.stringify(body)).not.toContain(`"${hole}"`);
      }
      if (body.type === 'bot:reveal') open++;
    }
    const versions = posts.map(({ state_version }) => state_version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    expect(JSON.stringify(state).length).toBeLessThan(30_000);
  });
});

test('The same seed with other entropy of the players gives another deck, and with the same entropy the same deck', async () => {
  const decks = [];
  for (const words of ['one', 'one', 'another']) {
    const transcript = await play([...ALONE, ...say('s1', `seed ${words}`, 'bet 10'), ['leave', 's1']]);
    decks.push(String(ofType(transcript, 'bot:reveal')[0]?.deck_order));
  }

  expect(decks[1]).toBe(decks[0]);
  expect(decks[2]).not.toBe(decks[0]);
});

const HERE = 'bot-presets/blackjack';

/** The rules a second time: who held what, and what it paid, from the deck, the bets and the actions alone. */
// biome-ignore lint/suspicious/noExplicitAny: a body as it was posted
function assertFollows({ deck_order, dealt, bets, actions, results }: any) {
  expect([...deck_order].sort()).toEqual([...'HDCS'].flatMap((s) => RANKS.map((r) => r + s)).sort());
  const cards = [...deck_order];
  const hands: Record<string, string[]> = {};
  const dealer: string[] = [];
  for (let round = 0; round < 2; round++) {
    for (const { player } of bets) hands[player] = [...(hands[player] ?? []), cards.shift()];
    dealer.push(cards.shift());
  }
  for (const { player, action } of actions) if (action !== 'stand') hands[player]?.push(cards.shift());
  const standing = bets.filter(({ player }: JsonObject) => {
    const hand = hands[player as string] ?? [];
    return best(hand) <= 21 && !(hand.length === 2 && best(hand) === 21);
  });
  while (standing.length && best(dealer) < 17) dealer.push(cards.shift());

  expect(dealt).toEqual(deck_order.slice(0, 52 - cards.length));
  for (const [i, { player, stake: bet }] of bets.entries()) {
    const hand = hands[player] ?? [];
    const isDoubled = actions.some((each: JsonObject) => each.player === player && each.action === 'double');
    const stake = isDoubled ? bet * 2 : bet;
    expect(results[i]).toMatchObject({ player, hand, stake, total: best(hand), delta: paid(hand, dealer, stake) });
  }
}

const RANKS = 'A 2 3 4 5 6 7 8 9 10 J Q K'.split(' ');

/** Tries every ace both ways. */
function best(hand: string[]): number {
  const aces = hand.filter((card) => card.startsWith('A')).length;
  const rest = hand.filter((card) => !card.startsWith('A')).map((card) => Number.parseInt(card, 10) || 10);
  const low = rest.reduce((sum, value) => sum + value, aces);
  const totals = Array.from({ length: aces + 1 }, (_, elevens) => low + 10 * elevens);
  return Math.max(low, ...totals.filter((total) => total <= 21));
}

function paid(hand: string[], dealer: string[], stake: number): number {
  const [mine, theirs] = [best(hand), best(dealer)];
  const [natural, against] = [hand, dealer].map((each) => each.length === 2 && best(each) === 21);
  if (mine > 21) return -stake;
  if (natural || against) return natural && against ? 0 : natural ? (stake * 3 - ((stake * 3) % 2)) / 2 : -stake;
  if (theirs > 21 || mine > theirs) return stake;
  return mine === theirs ? 0 : -stake;
}
