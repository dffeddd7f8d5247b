import type { Span } from './mark-finder.js';

const PLAIN = /[\p{L}\p{N}]/u;
const IS_BARE_ASCII = Array.from({ length: 128 }, (_, code) => PLAIN.test(String.fromCharCode(code)));

/** The text in lower case with all positions unchanged: a letter whose lower case is longer stays as it is. */
export function lowerCaseInPlace(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text].map((char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char)).join('');
}

/** Only the letters and digits. */
export const lettersAndDigits = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, '');

/** Only the letters and digits of a text, and the position of each in the text. */
export function lettersAndDigitsWithPlaces(text: string): { bare: string; places: Uint32Array } {
  const places = new Uint32Array(text.length);
  const chars: string[] = [];
  let at = 0;
  let length = 0;
  for (const char of text) {
    const code = char.charCodeAt(0);
    if (code < 128 ? IS_BARE_ASCII[code] : PLAIN.test(char)) {
      chars.push(char);
      for (let i = 0; i < char.length; i++) places[length++] = at + i;
    }
    at += char.length;
  }
  return { bare: chars.join(''), places };
}

/** The spans in order, with overlapping and adjacent ones merged. */
export function unionOf(spans: readonly Span[]): Span[] {
  const union: [number, number][] = [];
  for (const [start, end] of [...spans].sort(([a], [b]) => a - b)) {
    const last = union.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else union.push([start, end]);
  }
  return union;
}

/** The parts of one text with each span replaced by a mask, in every part that contains some of it. */
export function withSpansMasked(pieces: readonly string[], spans: readonly Span[], mask: string): string[] {
  let begin = 0;
  let first = 0;
  return pieces.map((piece) => {
    const end = begin + piece.length;
    while (first < spans.length && (spans[first] as Span)[1] <= begin) first++;
    let result = '';
    let copiedTo = begin;
    for (let i = first; i < spans.length && (spans[i] as Span)[0] < end; i++) {
      const [from, to] = spans[i] as Span;
      result += piece.slice(copiedTo - begin, Math.max(from, begin) - begin) + mask;
      copiedTo = Math.min(to, end);
    }
    result += piece.slice(copiedTo - begin);
    begin = end;
    return result;
  });
}
