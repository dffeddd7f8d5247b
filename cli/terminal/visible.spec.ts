import { describe, expect, test } from '@jest/globals';
import { terminalJson, visible, visibleLines } from './visible.js';

describe('Text of other people on a terminal', () => {
  test.each([
    ['a colour', '\x1b[31mred', '\\x1b[31mred'],
    ['the title of the window', '\x1b]0;owned\x07', '\\x1b]0;owned\\x07'],
    ['a control sequence in one character', '\x9b2J', '\\x9b2J'],
    ['a return over the line', 'nice\rroot# ', 'nice\\rroot# '],
    ['a forged line', 'hi\n  2  server  you won', 'hi\\n  2  server  you won'],
    ['text that runs backwards', '\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['a variation selector', 'a\ufe0fb\u{e0101}', 'a\\u{fe0f}b\\u{e0101}'],
    ['a filler', '\u3164\u115f\uffa0x\u2800', '\\u{3164}\\u{115f}\\u{ffa0}x\\u{2800}'],
    ['a joiner of letters', 'a\u034fb\u17b4', 'a\\u{34f}b\\u{17b4}'],
    ['what Unicode keeps for later', 'a\u2065\u{e0fff}', 'a\\u{2065}\\u{e0fff}'],
    ['what cannot be seen', 'a\u200bb\u{e0041}', 'a\\u{200b}b\\u{e0041}'],
  ])('cannot contain %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('ordinary words are not changed', () => {
    expect(visible('Grüße, 世界 🎲 – “50”?')).toBe('Grüße, 世界 🎲 – “50”?');
  });

  test('has a margin before its further lines', () => {
    expect(visibleLines('one\r\ntwo\n\x1b[2J', '    | ')).toBe('one\n    | two\n    | \\x1b[2J');
  });

  test('is the same JSON, without control characters', () => {
    const value = { text: '\x9b2J\u202e\u{e0041}\ufe0f\u3164\u2800\x7f\x1b🎲' };

    const json = terminalJson(value);

    expect(json).toMatch(/^[\x20-\x7e🎲]+$/u);
    expect(JSON.parse(json)).toEqual(value);
  });
});
