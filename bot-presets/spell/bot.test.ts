import { expect, test } from '@jest/globals';
import { play as playAt } from '../../bot-sdk/play.js';
import type { ScriptStep, TableOptions } from '../../bot-sdk/table.js';

const play = async (script: ScriptStep[], setting: TableOptions = { seated: ['s1', 's2'] }) =>
  (await playAt('bot-presets/spell', script, setting)).lines.slice(1);
const turn = (player: string): ScriptStep => ['bot', 'bot_GuessBot_0', { type: 'bot:turn', player }];
const CAST: ScriptStep = ['say', 's1', 'cast reverse s2 Wonder'];
const SET = 'control: constraint:set target=s2 constraint=reverse word=wonder ttl_turns=3 by=s1';

test('a spell is cast, and ends when the word is spelled backwards', async () => {
  expect(
    await play([CAST, ['say', 's1', 'rednow'], ['say', 's2', 'well: "REDNOW"!'], ['say', 's2', 'rednow']]),
  ).toEqual([
    's1: cast reverse s2 Wonder',
    SET,
    's1: rednow',
    's2: well: "REDNOW"!',
    'control: constraint:kept target=s2 constraint=reverse word=wonder by=s1 spelled=rednow',
    's2: rednow',
  ]);
});

test('only turns of the target, announced by the other bot, shorten a spell', async () => {
  const lines = await play([turn('s1'), CAST, turn('s2'), turn('s1'), turn('s2'), turn('s1'), turn('s2'), turn('s1')]);

  expect(lines.filter((line) => line.startsWith('control'))).toEqual([
    SET,
    'control: constraint:missed target=s2 word=wonder ttl_turns=2',
    'control: constraint:missed target=s2 word=wonder ttl_turns=1',
    'control: constraint:broken target=s2 constraint=reverse word=wonder by=s1',
  ]);
});

test.each<[string, ScriptStep]>([
  ['the end of the game', ['bot', 'bot_GuessBot_0', { type: 'end' }]],
  ['leaving', ['leave', 's2']],
])('%s ends it', async (_case, step) => {
  expect((await play([CAST, step])).at(-1)).toBe(
    'control: constraint:lifted target=s2 constraint=reverse word=wonder by=s1',
  );
});

test('the typed move casts the same spell', async () => {
  const move = { type: 'move', game: 'spell', action: 'cast', value: 's2 wonder' };

  expect((await play([['say', 's1', move]])).at(-1)).toBe(SET);
});

test.each([
  ['on nobody', 'cast reverse s9 wonder', 'BAD_TARGET'],
  ['on a name of our language', 'cast reverse __proto__ wonder', 'BAD_TARGET'],
  ['without a word', 'cast reverse s2', 'BAD_WORD'],
  ['of a palindrome', 'cast reverse s2 level', 'BAD_WORD'],
  ['of a sentence', 'cast reverse s2 wonder of wonders', 'BAD_WORD'],
  ['of another kind', 'cast silence s2 wonder', 'BAD_WORD'],
])('a spell %s is refused', async (_case, text, reason) => {
  expect((await play([['say', 's1', text]])).at(-1)).toBe(`control: violation reason=${reason} player=s1`);
});

test('a player cannot be under two spells', async () => {
  expect((await play([CAST, CAST])).at(-1)).toBe('control: violation reason=ALREADY_SPELLBOUND player=s1');
});

test.each(['help', 'cast', 'csat', 'cast!', 'spell', 'curse', 'play'])(
  'a member who asks is told how to cast a spell: %s',
  async (text) => {
    expect((await play([['say', 's1', text]])).at(-1)).toMatch(
      /^bot: help player=s1 text=Write cast reverse s2 wonder/,
    );
  },
);

test('a player under a spell is told how it ends, and that typed moves cast spells too', async () => {
  const asks: ScriptStep = ['say', 's2', { type: 'move', game: 'spell', action: 'help' }];

  expect((await play([CAST, asks])).at(-1)).toMatch(
    /^bot: help player=s2 text=You are under a spell: write wonder backwards/,
  );
});
