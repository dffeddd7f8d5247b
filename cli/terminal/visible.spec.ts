import { describe, expect, test } from '@jest/globals';
import { visible, visibleJson, visibleLines } from './visible.js';

describe("Somebody else's words on a terminal", () => {
  test.each([
    ['a colour', '\x1b[31mred', '\\x1b[31mred'],
    ['the title of the window', '\x1b]0;owned\x07', '\\x1b]0;owned\\x07'],
    ['a control sequence in one character', '\x9b2J', '\\x9b2J'],
    ['a return over the line', 'nice\rroot# ', 'nice\\rroot# '],
    ['a forged line', 'hi\n  2  server  you won', 'hi\\n  2  server  you won'],
    ['text that runs backwards', '\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['what cannot be seen', 'a\u200bb\u{e0041}', 'a\\u{200b}b\\u{e0041}'],
  ])('cannot bring %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('stay as they are where they are words', () => {
    expect(visible('Grüße, 世界 🎲 – “50”?')).toBe('Grüße, 世界 🎲 – “50”?');
  });

  test('keep their lines behind a margin', () => {
    expect(visibleLines('one\r\ntwo\n\x1b[2J', '    | ')).toBe('one\n    | two\n    | \\x1b[2J');
  });

  test('are the same JSON, and nothing a terminal obeys', () => {
    const value = { text: '\x9b2J\u202e\u{e0041}\x7f\x1b🎲' };

    const json = visibleJson(value);

    expect(json).toMatch(/^[\x20-\x7e🎲]+$/u);
    expect(JSON.parse(json)).toEqual(value);
  });
});
