import { expect, test } from '@jest/globals';
import { visibleJson } from './visible-json.js';

const hidden = [
  '\u200b\u200e\u200f',
  '\u202a\u202e',
  '\u2060\u2066\u2069\u206f',
  '\ufeff\u00ad\u061c\u180e',
  '\u007f\u0085\u2028\u2029',
  '\u3164\u115f\ufe0f',
  '\u{e0001}\u{e0041}\u{e007f}\u{e0100}',
];

test.each(hidden)('%j is written with escapes, and has the same value', (text) => {
  const written = visibleJson({ text: `a${text}b` });

  expect(written).toMatch(/^\{"text":"a(\\u[0-9a-f]{4})+b"\}$/);
  expect(JSON.parse(written)).toEqual({ text: `a${text}b` });
});

test('visible characters are not changed', () => {
  expect(visibleJson({ text: 'Grüße, 漢字, 🎲 "quoted"\n' })).toBe('{"text":"Grüße, 漢字, 🎲 \\"quoted\\"\\n"}');
});
