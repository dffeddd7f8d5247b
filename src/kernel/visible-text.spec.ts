import { describe, expect, test } from '@jest/globals';
import { hiddenIn, withoutHidden } from './visible-text.js';

/** At least one character of each invisible kind. */
const HIDDEN: [kind: string, character: string, name: string][] = [
  ['a control character', '\x07', 'U+0007'],
  ['a control character of the second block', '\x9b', 'U+009B'],
  ['a line break', '\n', 'U+000A'],
  ['a soft hyphen', '\u00ad', 'U+00AD'],
  ['a grapheme joiner', '\u034f', 'U+034F'],
  ['an Arabic letter mark', '\u061c', 'U+061C'],
  ['a Hangul filler', '\u115f', 'U+115F'],
  ['another Hangul filler', '\u3164', 'U+3164'],
  ['a half-width Hangul filler', '\uffa0', 'U+FFA0'],
  ['an inherent vowel of Khmer', '\u17b4', 'U+17B4'],
  ['a Mongolian variation selector', '\u180b', 'U+180B'],
  ['a zero-width space', '\u200b', 'U+200B'],
  ['a direction override', '\u202e', 'U+202E'],
  ['a line separator', '\u2028', 'U+2028'],
  ['a word joiner', '\u2060', 'U+2060'],
  ['an invisible operator', '\u2063', 'U+2063'],
  ['a code point that is kept for something ignorable', '\u2065', 'U+2065'],
  ['an empty braille pattern', '\u2800', 'U+2800'],
  ['a variation selector', '\ufe0f', 'U+FE0F'],
  ['a byte-order mark', '\ufeff', 'U+FEFF'],
  ['an annotation anchor', '\ufff9', 'U+FFF9'],
  ['a format character of shorthand', '\u{1bca0}', 'U+1BCA0'],
  ['a format character of music', '\u{1d173}', 'U+1D173'],
  ['a tag', '\u{e0041}', 'U+E0041'],
  ['a variation selector of the supplement', '\u{e0100}', 'U+E0100'],
  ['half of a pair', '\ud800', 'U+D800'],
];

describe('A hidden character', () => {
  test.each(HIDDEN)('is found and removed: %s', (_, character, name) => {
    const text = `te${character}a`;

    expect(hiddenIn(text)).toBe(name);
    expect(withoutHidden(text)).toBe('tea');
  });

  test('does not include visible characters', () => {
    const text = 'Grüße, 世界 🎲 – “50”? e\u0301 שלום नमस्ते 한국어';

    expect(hiddenIn(text)).toBeUndefined();
    expect(withoutHidden(text)).toBe(text);
  });
});
