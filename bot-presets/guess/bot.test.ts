import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { play as playAt } from '../../bot-sdk/play.js';
import { readPlayable } from '../../bot-sdk/playable.js';
import type { ScriptStep, TableOptions, Transcript } from '../../bot-sdk/table.js';

const bot = readPlayable('bot-presets/guess');
const play = async (script: ScriptStep[], setting?: TableOptions) => playAt(await bot, script, setting);
const SEATED: ScriptStep[] = [
  ['join', 's1'],
  ['join', 's2'],
];
/** The number that this seed picks, from 1 to 100. */
const TARGET = 75;

const ofType = ({ posts }: Transcript, type: string) =>
  posts.map(({ body }) => body).filter((body) => body.type === type);
const last = ({ posts }: Transcript) => posts.at(-1)?.body;
const violations = (transcript: Transcript) => ofType(transcript, 'violation').map(({ reason }) => reason);

describe('Before the game', () => {
  test('it posts the rules, the commitment and the state, in this order', async () => {
    const { posts } = await play([]);

    expect(posts.map(({ kind, body }) => [kind, body.type])).toEqual([
      ['bot', 'prompt'],
      ['control', 'bot:commit'],
      ['control', 'bot:state'],
    ]);
    expect(posts[0]?.body).toMatchObject({ mode: 'number', range: [1, 100] });
    expect(posts[1]?.body).toMatchObject({
      commit: expect.stringMatching(/^[0-9a-f]{64}$/),
      scheme: 'sha256(value|nonce)',
    });
    expect(posts[1]?.body.commitment_hash).toBe(posts[1]?.body.commit);
    expect(posts[2]?.body.public_state).toEqual({
      mode: 'number',
      range: [1, 100],
      players: [],
      game_started: false,
      game_ended: false,
      current_turn: null,
      guess_count: 0,
    });
  });

  test('a guess or a concession is refused', async () => {
    expect(
      violations(
        await play([
          ['join', 's1'],
          ['say', 's1', '42'],
          ['say', 's1', 'concede'],
        ]),
      ),
    ).toEqual(['GAME_NOT_STARTED', 'GAME_NOT_STARTED']);
  });

  test('it starts when enough players have joined, and a second join of a player does not count', async () => {
    const transcript = await play([
      ['join', 's1'],
      ['join', 's1'],
      ['join', 's2'],
    ]);

    expect(transcript.posts.slice(3).map(({ body }) => body)).toEqual([
      { type: 'player_joined', player: 's1', player_count: 1 },
      { type: 'player_joined', player: 's2', player_count: 2 },
      { type: 'game_start', players: ['s1', 's2'], turn_order: ['s1', 's2'] },
      { type: 'bot:turn', player: 's1', turn_number: 1, deadline: '2026-01-01T00:10:03.000Z' },
    ]);
    expect(transcript.timers).toEqual({ turn: '2026-01-01T00:10:03.000Z' });
  });

  test('it waits for the number of players in its params', async () => {
    expect(ofType(await play(SEATED, { params: { players: 3 } }), 'game_start')).toEqual([]);
    expect(ofType(await play([...SEATED, ['join', 's3']], { params: { players: 3 } }), 'game_start')).toHaveLength(1);
  });

  test('it does not wait for a player who has left', async () => {
    const transcript = await play([
      ['join', 's1'],
      ['leave', 's1'],
      ['join', 's2'],
      ['join', 's3'],
    ]);

    expect(ofType(transcript, 'game_start')).toEqual([
      { type: 'game_start', players: ['s2', 's3'], turn_order: ['s2', 's3'] },
    ]);
  });

  test('members who already sat in the channel count as joined', async () => {
    expect(ofType(await play([], { seated: ['s1', 's2'] }), 'game_start')).toHaveLength(1);
  });

  test('the order can be drawn at random, and depends on the seed', async () => {
    const params = { turn_order: 'random', players: 4 };
    const table = [...SEATED, ['join', 's3'], ['join', 's4']] as ScriptStep[];

    const orders = await Promise.all(
      ['a', 'b', 'c', 'd'].map(
        async (seed) => ofType(await play(table, { params, seed }), 'game_start')[0]?.turn_order,
      ),
    );

    expect(new Set(orders.map(String)).size).toBeGreaterThan(1);
    for (const order of orders) expect([...(order as string[])].sort()).toEqual(['s1', 's2', 's3', 's4']);
  });
});

describe('Two players', () => {
  const game: ScriptStep[] = [
    ...SEATED,
    ['say', 's1', 'hello'],
    ['say', 's1', 'guess 50'],
    ['say', 's2', '80'],
    ['say', 's1', `guess ${TARGET}`],
  ];

  test('produce this transcript', async () => {
    const { lines } = await play(game);

    expect(lines.slice(5).map((line) => line.replace(/[0-9a-f]{32,64}/g, '#'))).toEqual([
      's2: <join>',
      'bot: player_joined player=s2 player_count=2',
      'bot: game_start players=["s1","s2"] turn_order=["s1","s2"]',
      'control: bot:turn player=s1 turn_number=1 deadline=2026-01-01T00:10:02.000Z',
      's1: hello',
      's1: guess 50',
      'bot: judge result=low player=s1 guess=50 hint=cold guess_count=1',
      'control: bot:turn player=s2 turn_number=2 deadline=2026-01-01T00:10:04.000Z',
      's2: 80',
      'bot: judge result=high player=s2 guess=80 hint=very close! guess_count=2',
      'control: bot:turn player=s1 turn_number=3 deadline=2026-01-01T00:10:05.000Z',
      's1: guess 75',
      'bot: judge result=correct player=s1 guess=75 guess_count=3',
      'control: bot:reveal target=75 nonce=# salt=# commit=# hash=#',
      'bot: game_end winner=s1 reason=correct target=75 total_guesses=3 players=["s1","s2"]',
      'control: end',
    ]);
  });

  test('can recompute the commitment that was posted before the first guess', async () => {
    const transcript = await play(game);
    const [commit] = ofType(transcript, 'bot:commit');
    const [reveal] = ofType(transcript, 'bot:reveal');

    expect(createHash('sha256').update(`${reveal?.target}|${reveal?.nonce}`).digest('hex')).toBe(commit?.commit);
    expect(reveal).toMatchObject({
      commit: commit?.commit,
      hash: commit?.commit,
      salt: reveal?.nonce,
      nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test('get a result, and no timer remains', async () => {
    const { results, timers } = await play(game);

    expect(results).toEqual([{ winner: 's1', reason: 'correct', scores: { s1: 1, s2: 0 } }]);
    expect(timers).toEqual({});
  });

  test('cannot continue after the end', async () => {
    const transcript = await play([
      ...game,
      ['say', 's2', '1'],
      ['say', 's1', 'concede'],
      ['leave', 's2'],
      ['join', 's3'],
    ]);

    expect(violations(transcript)).toEqual(['GAME_OVER', 'GAME_OVER']);
    expect(ofType(transcript, 'game_end')).toHaveLength(1);
    expect(transcript.results).toHaveLength(1);
  });

  test('see a state version that only increases, and no number before the end', async () => {
    const { posts } = await play([...game.slice(0, -1), ['dm', 's1', '!status']]);
    const versions = posts.map(({ state_version }) => state_version);

    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    for (const { body } of posts) expect(JSON.stringify(body)).not.toMatch(/"(target|nonce)"/);
  });

  test('play a different game with another seed', async () => {
    const [a, b] = await Promise.all(
      ['a', 'b'].map(async (seed) => ofType(await play([], { seed }), 'bot:commit')[0]?.commit),
    );

    expect(a).not.toBe(b);
  });
});

test('Every post follows the state that it describes', async () => {
  for (const script of [
    [],
    SEATED.slice(0, 1),
    SEATED,
    [...SEATED, ['say', 's1', '1']],
    [...SEATED, ['dm', 's1', '!help']],
  ]) {
    const { posts, state_version } = await play(script as ScriptStep[]);

    expect(posts.at(-1)).toMatchObject({ state_version });
  }
});

describe('A turn', () => {
  test('belongs to the player who was announced', async () => {
    const script: ScriptStep[] = [...SEATED];
    let transcript = await play(script);
    for (let turn = 1; turn <= 6; turn++) {
      const announced = String(ofType(transcript, 'bot:turn').at(-1)?.player);
      const other = announced === 's1' ? 's2' : 's1';
      script.push(['say', other, '1'], ['say', announced, '1']);
      transcript = await play(script);

      expect(violations(transcript)).toHaveLength(turn);
      expect(violations(transcript).at(-1)).toBe('BAD_TURN');
      expect(ofType(transcript, 'judge').at(-1)).toMatchObject({ player: announced, guess_count: turn });
    }
  });

  test.each<[string | JsonObject, number]>([
    ['42', 42],
    [' GUESS  42 ', 42],
    ['guess +7', 7],
    [{ type: 'move', game: 'guess', action: 'guess', value: 25 }, 25],
    [{ type: 'move', game: 'guess', action: 'guess', value: '25' }, 25],
    ['{"type":"move","game":"guess","action":"guess","value":25}', 25],
    ['my guess is 46', 46],
    ['My guess is 46.', 46],
    ['I’ll guess 46, good luck!', 46],
    ['guess 46 please', 46],
    ['guess: 46', 46],
    ['Guess=46', 46],
    ['46 is my guess', 46],
    ['OK, my 2nd guess is "46"...', 46],
    ['**46** is my guess', 46],
    ['(my guess: #46)', 46],
  ])('accepts %j as a guess', async (body, guess) => {
    expect(ofType(await play([...SEATED, ['say', 's1', body]]), 'judge')).toMatchObject([{ guess }]);
  });

  test.each<[string | JsonObject]>([
    ['0'],
    ['101'],
    ['-7'],
    ['4.5'],
    ['1e3'],
    ['9'.repeat(40)],
    ['3 or 60'],
    ['3, 60'],
    ['3 60'],
    ['guess'],
    ['guess abc'],
    ['guess 3 or 60'],
    ['guess 4.5'],
    ['guess 1,000'],
    ['guess 3 or 60, I think'],
    ['my guess is 101'],
    ['my guess is -7'],
    [{ type: 'move', game: 'guess', action: 'guess' }],
    [{ type: 'move', game: 'guess', action: 'guess', value: 4.5 }],
    [{ type: 'move', game: 'guess', action: 'guess', value: null }],
    [{ type: 'move', game: 'guess', action: 'guess', value: '' }],
    [{ type: 'move', game: 'guess', action: 'guess', value: [50] }],
    [{ type: 'move', game: 'guess', action: 'dance' }],
  ])('stays with its player after %j, which is not a valid move', async (body) => {
    const transcript = await play([...SEATED, ['say', 's1', body]]);

    expect(violations(transcript)).toEqual(['BAD_MOVE']);
    expect(ofType(transcript, 'bot:turn')).toHaveLength(1);
    expect(last(await play([...SEATED, ['say', 's1', body], ['say', 's1', '1']]))).toMatchObject({
      type: 'bot:turn',
      player: 's2',
    });
  });

  test.each<[string, string | JsonObject]>([
    ['a word', 'hello'],
    ['nothing', ''],
    ['a sentence with numbers', 'I think 3 or 60'],
    ['a word between numbers', 'or'],
    ['a word that begins like a guess', 'guessing is fun'],
    ['a sentence with one number', 'back in 5 minutes'],
    ['a word that begins like a guess, with a number', 'guessing 46 is risky'],
    ['a sentence about a guess without a number', 'what was your guess?'],
    ['a sentence about a guess with two numbers', 'my guess is 3 or 60'],
    ['a sentence about a guess with a number that is not whole', 'my guess is 4.5'],
    ['a sentence about a guess with a whole number and another', 'my guess is 46, not 4.5'],
    ['a sentence about a guess with a time', 'I will guess at 10:30'],
    ['a sentence about a guess with a fraction', 'my guess is 46/2'],
    ['a sentence about a guess with what only holds digits', 'I guess b4 you and 1e3 and x46'],
    ['a quotation of JSON', '{"guess": 46'],
    ['a sentence about conceding', 'I concede nothing'],
    ['broken JSON', '{"type":"move"'],
    ['JSON that is no move', '{"type":null}'],
    ['an empty body', {}],
    ['a text that is a number', { text: 42 }],
    ['a text that is null', { text: null }],
    ['a move of another game', { type: 'move', game: 'chess', action: 'guess', value: 5 }],
    ['a type that is a list', { type: ['move'], game: 'guess' }],
    ['names of the language', { toString: 'x', constructor: null, hasOwnProperty: 1 }],
    ['60 KB of one letter', 'x'.repeat(60_000)],
    ['20 KB of nothing', ' '.repeat(20_000)],
    ['a very long list', `${'1,'.repeat(20_000)}x`],
    ['a deep body', JSON.parse(`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`)],
    ['a much deeper text', `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`],
    ['a text too deep to read', '{"a":'.repeat(20_000)],
  ])('is not affected by chat: %s', async (_, body) => {
    const transcript = await play([...SEATED, ['say', 's1', body], ['say', 's2', body]]);

    expect(transcript.errors).toEqual([]);
    expect(last(transcript)).toMatchObject({ type: 'bot:turn', turn_number: 1 });
  });

  test.each([
    [TARGET - 5, 'very close!'],
    [TARGET - 6, 'close'],
    [TARGET - 10, 'close'],
    [TARGET - 11, 'getting warm'],
    [TARGET - 20, 'getting warm'],
    [TARGET - 21, 'cold'],
  ])('with the guess %d is %s', async (guess, hint) => {
    expect(ofType(await play([...SEATED, ['say', 's1', `${guess}`]]), 'judge')).toMatchObject([
      { result: 'low', hint },
    ]);
  });
});

describe('Conceding', () => {
  test('ends a game of two, and the number is revealed', async () => {
    const transcript = await play([...SEATED, ['say', 's2', ' Concede ']]);

    expect(transcript.posts.slice(-4).map(({ body }) => body)).toMatchObject([
      { type: 'concede', player: 's2' },
      { type: 'bot:reveal', target: TARGET },
      { type: 'game_end', winner: 's1', reason: 'concede', target: TARGET },
      { type: 'end' },
    ]);
    expect(transcript.results).toMatchObject([{ winner: 's1', reason: 'concede' }]);
  });

  test('is possible as an object, with or without a value', async () => {
    expect(
      ofType(await play([...SEATED, ['say', 's1', { type: 'move', game: 'guess', action: 'concede' }]]), 'game_end'),
    ).toMatchObject([{ winner: 's2' }]);
  });

  const three: ScriptStep[] = [...SEATED, ['join', 's3']];
  const params = { players: 3 };

  test('passes the turn if it was the player’s turn', async () => {
    expect(last(await play([...three, ['say', 's1', 'concede']], { params }))).toMatchObject({
      type: 'bot:turn',
      player: 's2',
      turn_number: 2,
    });
  });

  test('does not change the turn or its deadline if it was another player’s turn', async () => {
    const transcript = await play([...three, ['say', 's3', 'concede'], ['say', 's1', '1'], ['say', 's2', '1']], {
      params,
    });

    expect(ofType(transcript, 'bot:turn').map(({ player }) => player)).toEqual(['s1', 's2', 's1']);
    expect(transcript.timers).toEqual({ turn: ofType(transcript, 'bot:turn').at(-1)?.deadline });
  });

  test('makes the player a spectator', async () => {
    expect(
      violations(
        await play([...three, ['say', 's1', 'concede'], ['say', 's1', '5'], ['say', 's1', 'concede']], { params }),
      ),
    ).toEqual(['BAD_TURN', 'BAD_TURN']);
  });

  test('is the effect of leaving', async () => {
    const transcript = await play([...three, ['leave', 's1'], ['leave', 's2']], { params });

    expect(ofType(transcript, 'player_left').map(({ player }) => player)).toEqual(['s1', 's2']);
    expect(ofType(transcript, 'game_end')).toMatchObject([{ winner: 's3', reason: 'concede' }]);
  });
});

describe('A spectator', () => {
  test('gets no turn and cannot guess', async () => {
    const transcript = await play([
      ...SEATED,
      ['join', 's3'],
      ['say', 's3', '5'],
      ['say', 's1', '1'],
      ['say', 's2', '1'],
      ['leave', 's3'],
    ]);

    expect(violations(transcript)).toEqual(['BAD_TURN']);
    expect(ofType(transcript, 'bot:turn').map(({ player }) => player)).toEqual(['s1', 's2', 's1']);
  });
});

describe('Silence', () => {
  test('ends the turn', async () => {
    const transcript = await play([...SEATED, ['timer', 'turn']], { params: { timeout_s: 3 } });

    expect(transcript.posts.slice(-2).map(({ body }) => body)).toEqual([
      { type: 'turn_timeout', player: 's1', turn_number: 1 },
      { type: 'bot:turn', player: 's2', turn_number: 2, deadline: '2026-01-01T00:00:08.000Z' },
    ]);
  });

  test('in too many consecutive turns ends the game', async () => {
    const silent: ScriptStep[] = Array.from({ length: 5 }, () => ['timer', 'turn']);

    const transcript = await play([...SEATED, ...silent]);

    expect(ofType(transcript, 'concede')).toEqual([{ type: 'concede', player: 's1', reason: 'timeout' }]);
    expect(ofType(transcript, 'game_end')).toMatchObject([{ winner: 's2', reason: 'timeout' }]);
    expect(transcript.timers).toEqual({});
  });

  test('no longer counts after the next guess', async () => {
    const silent: ScriptStep[] = [
      ['timer', 'turn'],
      ['say', 's2', '1'],
    ];

    const forgotten = await play([...SEATED, ...silent, ...silent, ['say', 's1', '1'], ['say', 's2', '1'], ...silent]);

    expect(ofType(forgotten, 'game_end')).toEqual([]);
    expect(ofType(await play([...SEATED, ...silent, ...silent, ['timer', 'turn']]), 'game_end')).toHaveLength(1);
  });
});

describe('A private message', () => {
  test('is answered in private, and never reveals the number', async () => {
    const { posts, errors } = await play([
      ...SEATED,
      ['dm', 's1', ' !STATUS '],
      ['dm', 's2', '!help'],
      ['dm', 's1', `guess ${TARGET}`],
      ['dm', 's1', {}],
    ]);

    const answers = posts.slice(-4);
    expect(errors).toEqual([]);
    expect(answers.map(({ kind, to }) => [kind, to])).toEqual([
      ['private', 's1'],
      ['private', 's2'],
      ['private', 's1'],
      ['private', 's1'],
    ]);
    expect(answers[0]?.body).toEqual({
      type: 'status',
      game_started: true,
      game_ended: false,
      player_count: 2,
      guess_count: 0,
      current_turn: 's1',
      range: [1, 100],
    });
    expect(answers.slice(1).map(({ body }) => body.type)).toEqual(['help', 'error', 'error']);
    expect(JSON.stringify(answers)).not.toContain(String(TARGET));
  });
});

describe('The params', () => {
  test('may contain a range in reverse order', async () => {
    expect(ofType(await play([], { params: { range: [10, -10] } }), 'prompt')).toMatchObject([{ range: [-10, 10] }]);
  });

  test('cannot contain the target', async () => {
    await expect(play([], { params: { target: 7 } })).rejects.toThrow('target');
  });
});

describe('A secret word', () => {
  const WORDS = { mode: 'word', words: ['apple', 'Apple', 'not a word', 'naïve', '2nd'] };
  const turns = (...guesses: string[]): ScriptStep[] => [
    ...SEATED,
    ...guesses.map((guess, i): ScriptStep => ['say', i % 2 ? 's2' : 's1', `guess ${guess}`]),
  ];
  const judged = async (setting: TableOptions, ...guesses: string[]) =>
    ofType(await play(turns(...guesses), setting), 'judge').map(({ type, player, guess_count, ...verdict }) => verdict);

  test('is committed to like a number, and revealed at the end', async () => {
    const transcript = await play(turns('angle', ' APPLE '), { params: WORDS });

    expect(transcript.posts[0]?.body).toMatchObject({ type: 'prompt', mode: 'word', range: [4, 8] });
    const [{ commit } = {}] = ofType(transcript, 'bot:commit');
    const [{ target, nonce } = {}] = ofType(transcript, 'bot:reveal');
    expect(target).toBe('apple');
    expect(createHash('sha256').update(`${target}|${nonce}`).digest('hex')).toBe(commit);
    expect(ofType(transcript, 'game_end')).toMatchObject([{ winner: 's2', reason: 'correct', target: 'apple' }]);
  });

  test('gets hints with its length and the number of shared letters', async () => {
    expect(await judged({ params: WORDS }, 'apply', 'pp', 'papayas', 'zzz', 'leapp')).toEqual([
      { result: 'wrong', guess: 'apply', length: 'match', overlap: 4, hint: 'very close!' },
      { result: 'wrong', guess: 'pp', length: 'too short', overlap: 2, hint: 'getting warm' },
      { result: 'wrong', guess: 'papayas', length: 'too long', overlap: 3, hint: 'getting warm' },
      { result: 'wrong', guess: 'zzz', length: 'too short', overlap: 0, hint: 'cold' },
      { result: 'wrong', guess: 'leapp', length: 'match', overlap: 5, hint: 'very close!' },
    ]);
  });

  test('is guessed only with the word guess', async () => {
    const chat: ScriptStep[] = ['apple', '42', 'I guess apple', 'hello'].map((text) => ['say', 's1', text]);
    const bad: ScriptStep[] = ['guess', 'guess 42', 'guess an apple', 'guess apple!'].map((text) => [
      'say',
      's1',
      text,
    ]);

    expect(violations(await play([...SEATED, ...chat], { params: WORDS }))).toEqual([]);
    expect(violations(await play([...SEATED, ...bad], { params: WORDS }))).toEqual(Array(4).fill('BAD_MOVE'));
    const move = { type: 'move', game: 'guess', action: 'guess', value: 'apple' };
    expect(last(await play([...SEATED, ['say', 's1', move]], { params: WORDS }))).toEqual({ type: 'end' });
  });

  test.each([
    [{ mode: 'word' }, /^[a-z]{4,8}$/],
    [{ mode: 'word', length: [3, 3] }, /^[a-z]{3}$/],
    [{ mode: 'word', length: [9, 3], words: ['fox', 'zebra', 'considerable'] }, /^(fox|zebra)$/],
  ])('is chosen as %j requires', async (params, shape) => {
    for (const seed of ['a', 'b', 'c', 'd', 'e']) {
      const [reveal] = ofType(await play([...SEATED, ['say', 's1', 'concede']], { params, seed }), 'bot:reveal');
      expect(reveal?.target).toMatch(shape);
    }
  });

  test('that cannot be chosen is an error at once', async () => {
    const { errors, posts } = await play([], { params: { mode: 'word', words: ['fox', 'ox'] } });

    expect(errors).toMatchObject([{ code: 'BOT_THREW', detail: expect.stringContaining('params.length') }]);
    expect(posts).toEqual([]);
  });
});

describe('A hint', () => {
  const hints = async (params: TableOptions['params'], ...guesses: number[]) =>
    ofType(
      await play([...SEATED, ...guesses.map((guess, i): ScriptStep => ['say', i % 2 ? 's2' : 's1', String(guess)])], {
        params,
      }),
      'judge',
    ).map(({ hint }) => hint);

  test('uses the bands of the params', async () => {
    const bands = [30, 1, 3];
    expect(await hints({ bands }, 76, 78, 80, 99, 1)).toEqual([
      'very close!',
      'close',
      'getting warm',
      'getting warm',
      'cold',
    ]);
  });

  test('may be a distance or nothing', async () => {
    expect(await hints({ hint: 'within' }, 76, 66, 95, 1)).toEqual([
      'within 5',
      'within 10',
      'within 20',
      'not within 20',
    ]);
    const silent = await play([...SEATED, ['say', 's1', '1']], { params: { hint: 'none' } });
    expect(ofType(silent, 'judge')).toEqual([{ type: 'judge', result: 'low', player: 's1', guess: 1, guess_count: 1 }]);
  });
});

describe('A player who uses unknown words', () => {
  const NEAR = ['gues', 'geuss 42', 'guesss', 'conced', 'status', 'start', 'play', 'hint', 'resign'];
  const help = (legal: string[], text: string) => ({ type: 'help', legal, text: expect.stringContaining(text) });

  test.each(NEAR)('is told which words are possible now, and keeps the turn: %s', async (word) => {
    const { posts, state } = await play([...SEATED, ['say', 's1', word]]);
    const before = await play(SEATED);

    expect(posts.slice(before.posts.length)).toMatchObject([
      { kind: 'bot', body: { ...help(['guess', 'concede'], 'It is your turn.'), player: 's1', range: [1, 100] } },
    ]);
    expect(state).toEqual(before.state);
  });

  test('is told at every stage of the game', async () => {
    const asks = (seat: string): ScriptStep => ['say', seat, 'rules'];
    const script: ScriptStep[] = [
      ['join', 's1'],
      asks('s1'),
      ['join', 's2'],
      asks('s2'),
      ['say', 's1', 'concede'],
      asks('s1'),
    ];

    const { posts } = await play(script);

    expect(posts.filter(({ body }) => body.type === 'help').map(({ body }) => body)).toMatchObject([
      help([], 'The game starts when everyone has joined.'),
      help(['concede'], 'It is the turn of s1.'),
      help([], 'The game is over.'),
    ]);
  });

  test.each(['help', 'status'])('can ask with a typed move if only those count: %s', async (action) => {
    const { posts } = await play([...SEATED, ['say', 's2', { type: 'move', game: 'guess', action }]]);

    expect(posts.at(-1)?.body).toMatchObject({ ...help(['concede'], 'Guess in the channel'), player: 's2' });
  });

  test.each(['help', '/help', 'Rules!', 'hepl', 'start'])('can ask in private: %s', async (text) => {
    const { posts } = await play([...SEATED, ['dm', 's2', text]]);

    expect(posts.at(-1)).toMatchObject({ kind: 'private', to: 's2', body: help(['concede'], 'Guess in the channel') });
  });

  test('can ask if words are guessed, and a single word stays chat', async () => {
    const { posts } = await play(
      [...SEATED, ['say', 's1', 'apple'], ['say', 's1', 'gess apple'], ['say', 's1', 'gess']],
      {
        params: { mode: 'word' },
      },
    );

    expect(posts.filter(({ body }) => body.type === 'help').map(({ body }) => body)).toMatchObject([
      help(['guess', 'concede'], 'guess apple'),
    ]);
  });
});
