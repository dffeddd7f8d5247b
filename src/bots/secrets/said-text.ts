import type { Span } from './mark-finder.js';

const PLAIN = /[\p{L}\p{N}]/u;
const IS_BARE_ASCII = Array.from({ length: 128 }, (_, code) => PLAIN.test(String.fromCharCode(code)));

/** In small letters, each in the place that it has: a letter whose small one is longer stays as it is. */
export function lowerOf(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text].map((char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char)).join('');
}

/** Only the letters and digits. */
export const bareOf = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, '');

/** Only the letters and digits of a text, and where in it each of them stands. */
export function bareTextOf(text: string): { bare: string; places: Uint32Array } {
  const places = new Uint32Array(text.length);
  const kept: string[] = [];
  let at = 0;
  let length = 0;
  for (const char of text) {
    const code = char.charCodeAt(0);
    if (code < 128 ? IS_BARE_ASCII[code] : PLAIN.test(char)) {
      kept.push(char);
      for (let i = 0; i < char.length; i++) places[length++] = at + i;
    }
    at += char.length;
  }
  return { bare: kept.join(''), places };
}

/** The spans in order, those that overlap or touch as one. */
export function unionOf(spans: readonly Span[]): Span[] {
  const union: [number, number][] = [];
  for (const [start, end] of [...spans].sort(([a], [b]) => a - b)) {
    const last = union.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else union.push([start, end]);
  }
  return union;
}

/** The pieces of one text with a mask in place of each span, in every piece that has a part of it. */
export function withCuts(pieces: readonly string[], spans: readonly Span[], mask: string): string[] {
  let begin = 0;
  let first = 0;
  return pieces.map((piece) => {
    const end = begin + piece.length;
    while (first < spans.length && (spans[first] as Span)[1] <= begin) first++;
    let cut = '';
    let kept = begin;
    for (let i = first; i < spans.length && (spans[i] as Span)[0] < end; i++) {
      const [from, to] = spans[i] as Span;
      cut += piece.slice(kept - begin, Math.max(from, begin) - begin) + mask;
      kept = Math.min(to, end);
    }
    cut += piece.slice(kept - begin);
    begin = end;
    return cut;
  });
}
