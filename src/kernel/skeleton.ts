import { CONFUSABLES } from './confusables.js';

const PROTOTYPES = new Map(
  Object.entries(CONFUSABLES).flatMap(([prototype, codes]) =>
    codes.split(' ').map((code): [string, string] => [String.fromCodePoint(Number.parseInt(code, 16)), prototype]),
  ),
);

/** Letters in boxes and on flags, by the code point of the A of each row: NFKC knows only the rows that are not filled. */
const ROWS_OF_LETTERS = [0x1f150, 0x1f170, 0x1f1e6];

/** What is not seen: control and format characters, space, marks, and letters without a glyph. */
const UNSEEN = /[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** More than anyone takes for one of our words, which have 16 characters at most. */
const MAX_SEEN = 64;

/**
 * Whether a reader may take a text for one of these words, which are our own: whatever its case, spaces, invisible characters,
 * marks, compatibility forms and characters of other scripts that look like those of the word (UTS #39 "skeleton").
 */
export function lookAlikes(words: Iterable<string>): (text: string) => string | undefined {
  const bySkeleton = new Map([...words].map((word) => [ofFolded(word), word]));
  return (text) => {
    const seen = seenAtStart(text, MAX_SEEN + 1);
    if (seen.length > MAX_SEEN) return undefined;
    return bySkeleton.get(ofFolded(seen)) ?? bySkeleton.get(ofCapitals(seen));
  };
}

/** A capital can look like another letter than its small one: both are looked at. */
const ofFolded = (seen: string) => mapped(seen.toLowerCase());
const ofCapitals = (seen: string) => mapped(mapped(seen).toLowerCase());

/**
 * What is seen of a text from its beginning: at least `least` UTF-16 units of it where there are so many, and not much more, because
 * strangers choose how long a text is.
 */
function seenAtStart(text: string, least: number): string {
  let seen = '';
  for (let start = 0, end = 0; start < text.length && seen.length < least; start = end) {
    end = outsidePair(text, start + PIECE);
    seen += seenOf(text.slice(start, end));
  }
  return seen;
}

/** The same from its end. */
export function seenAtEnd(text: string, least: number): string {
  let seen = '';
  for (let end = text.length, start = 0; end > 0 && seen.length < least; end = start) {
    start = outsidePair(text, Math.max(0, end - PIECE));
    seen = seenOf(text.slice(start, end)) + seen;
  }
  return seen;
}

/** So many UTF-16 units of a text are looked at together. */
const PIECE = 256;

/** The place itself, or the next one where it is in the middle of a character. */
const outsidePair = (text: string, place: number) =>
  /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(place - 1, place + 1)) ? place + 1 : place;

/** What is not seen goes first: marks in a row are put in order by NFKD, which takes the square of how many they are. */
const seenOf = (piece: string) => piece.replace(UNSEEN, '').normalize('NFKD').replace(UNSEEN, '').normalize('NFKD');

const mapped = (text: string) =>
  Array.from(text, (character) => PROTOTYPES.get(character) ?? boxed(character)).join('');

function boxed(character: string): string {
  const code = character.codePointAt(0) as number;
  const row = ROWS_OF_LETTERS.find((first) => code >= first && code < first + 26);
  return row === undefined ? character : mapped(String.fromCharCode(0x61 + code - row));
}
