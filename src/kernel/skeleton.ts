import { CONFUSABLES } from './confusables.js';

const PROTOTYPES = new Map(
  Object.entries(CONFUSABLES).flatMap(([prototype, codes]) =>
    codes.split(' ').map((code): [string, string] => [String.fromCodePoint(Number.parseInt(code, 16)), prototype]),
  ),
);

/** The code point of `A` in each block of squared and flag letters that NFKC does not map to plain letters. */
const ROWS_OF_LETTERS = [0x1f150, 0x1f170, 0x1f1e6];

/** Invisible characters: control and format characters, spaces, marks, and letters without a glyph. */
const INVISIBLE = /[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** The number of visible characters that are compared; the longest reserved word has 16. */
const MAX_VISIBLE = 64;

/**
 * Returns a function that finds the reserved word for which a reader may mistake a text, regardless of case, spaces,
 * invisible characters, marks, compatibility forms and look-alike characters of other scripts (the "skeleton" of UTS
 * #39).
 */
export function lookAlikes(words: Iterable<string>): (text: string) => string | undefined {
  const bySkeleton = new Map([...words].map((word) => [ofFolded(word), word]));
  return (text) => {
    const visible = visibleStart(text, MAX_VISIBLE + 1);
    if (visible.length > MAX_VISIBLE) return undefined;
    return bySkeleton.get(ofFolded(visible)) ?? bySkeleton.get(ofCapitals(visible));
  };
}

/**
 * Compares the text both before and after lower-casing, because a capital and its small letter can look like different
 * letters.
 */
const ofFolded = (visible: string) => mapped(visible.toLowerCase());
const ofCapitals = (visible: string) => mapped(mapped(visible).toLowerCase());

/**
 * The visible characters at the start of a text: at least `minLength` UTF-16 units if the text has as many. It reads
 * little more than that, because the text may be very long.
 */
function visibleStart(text: string, minLength: number): string {
  let visible = '';
  for (let start = 0, end = 0; start < text.length && visible.length < minLength; start = end) {
    end = outsidePair(text, start + PIECE);
    visible += visibleOf(text.slice(start, end));
  }
  return visible;
}

/** Like `visibleStart`, but for the end of a text. */
export function visibleEnd(text: string, minLength: number): string {
  let visible = '';
  for (let end = text.length, start = 0; end > 0 && visible.length < minLength; end = start) {
    start = outsidePair(text, Math.max(0, end - PIECE));
    visible = visibleOf(text.slice(start, end)) + visible;
  }
  return visible;
}

/** The number of UTF-16 units that are processed at once. */
const PIECE = 256;

/** The index itself, or the next one if it is inside a surrogate pair. */
const outsidePair = (text: string, place: number) =>
  /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(place - 1, place + 1)) ? place + 1 : place;

/** Invisible characters are removed first: NFKD sorts a sequence of marks in quadratic time. */
const visibleOf = (piece: string) =>
  piece.replace(INVISIBLE, '').normalize('NFKD').replace(INVISIBLE, '').normalize('NFKD');

const mapped = (text: string) =>
  Array.from(text, (character) => PROTOTYPES.get(character) ?? boxed(character)).join('');

function boxed(character: string): string {
  const code = character.codePointAt(0) as number;
  const row = ROWS_OF_LETTERS.find((first) => code >= first && code < first + 26);
  return row === undefined ? character : mapped(String.fromCharCode(0x61 + code - row));
}
