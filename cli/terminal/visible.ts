/**
 * Characters that move the cursor, change colours or the direction of text, or are invisible: control characters,
 * variation selectors, fillers, tags and other default-ignorable characters of Unicode, and the blank braille pattern.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Text of other people as one line of plain text, with escapes for everything that a terminal would interpret. */
export const visible = (text: string) => text.replace(HIDDEN, escapeOf);

/** The same with line breaks; each further line begins with `margin`, so that it cannot look like our own output. */
export const visibleLines = (text: string, margin: string) =>
  text
    .split(/\r\n|\n|\r/)
    .map(visible)
    .join(`\n${margin}`);

/** JSON with the same value that contains nothing a terminal would interpret. */
export const terminalJson = (value: unknown, indent?: number) => {
  const text = JSON.stringify(value, null, indent);
  return text.replace(HIDDEN, (character) => (character === '\n' ? character : jsonEscapeOf(character)));
};

const MAX_FACT = 2_000;

/** A fact of an error on one line: a list with commas, anything else as JSON. */
export function shownFact(value: unknown): string {
  const isFlat = Array.isArray(value) && value.every((each) => typeof each !== 'object');
  const text = isFlat ? value.join(', ') : typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return visible(text.length > MAX_FACT ? `${text.slice(0, MAX_FACT - 1)}…` : text);
}

function escapeOf(character: string): string {
  const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
  const code = character.codePointAt(0) ?? 0;
  return short ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`);
}

const jsonEscapeOf = (character: string) =>
  Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
