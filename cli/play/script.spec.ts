import { describe, expect, test } from '@jest/globals';
import { CliError } from '../server/cli-error.js';
import { DEFAULT_SCRIPT, type PlayStep, scriptOf } from './script.js';

describe('A script', () => {
  test.each<[string, PlayStep[]]>([
    [
      'join s1\nleave s12',
      [
        ['join', 's1'],
        ['leave', 's12'],
      ],
    ],
    ['# a game\n\n  s1: Guess 50  \r\n', [['say', 's1', 'Guess 50']]],
    ['say s1 hello there', [['say', 's1', 'hello there']]],
    ['s1: {"type":"move","n":1}', [['say', 's1', { type: 'move', n: 1 }]]],
    ['s1: {"type":', [['say', 's1', '{"type":']]],
    ['s1:', [['say', 's1', '']]],
    ['dm s2 psst', [['dm', 's2', 'psst']]],
    ['timer turn:s1', [['timer', 'turn:s1']]],
    ['wait 2.5', [['wait', 2.5]]],
    ['bot bot_A_1 {"type":"x"}', [['bot', 'bot_A_1', { type: 'x' }]]],
    [
      '[["join","s1"],["wait",3]]',
      [
        ['join', 's1'],
        ['wait', 3],
      ],
    ],
    [JSON.stringify(DEFAULT_SCRIPT), [...DEFAULT_SCRIPT]],
    ['', []],
  ])('is read: %j', (text, steps) => {
    expect(scriptOf(text)).toEqual(steps);
  });

  test.each([
    ['join s1\ndance s1', 'Line 2 of the script is not a step.'],
    ['join', 'Line 1'],
    ['hello', 'Line 1'],
    ['wait long', 'Line 1'],
    ['bot bot_A_1 words', 'Line 1'],
    ['[["join"]]', 'Step 1 of the script is not valid.'],
    ['[["say","s1"]]', 'Step 1'],
    ['[["join","s1"],null]', 'Step 2'],
    ['[', 'is not valid JSON'],
  ])('is refused if a line is no step: %j', (text, sentence) => {
    expect(() => scriptOf(text)).toThrow(CliError);
    expect(() => scriptOf(text)).toThrow(sentence);
  });
});
