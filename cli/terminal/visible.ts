/** Everything that moves a cursor, changes a colour, turns the direction of text or cannot be seen. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Somebody else's words as one line of plain text: what a terminal would obey is written out instead. */
export const visible = (text: string) => text.replace(HIDDEN, escapeOf);

/** The same, with the line breaks kept and every further line begun with `margin`, so that none can pass for ours. */
export const visibleLines = (text: string, margin: string) =>
  text
    .split(/\r\n|\n|\r/)
    .map(visible)
    .join(`\n${margin}`);

/** JSON that means the same and holds nothing a terminal would obey. */
export const visibleJson = (value: unknown, indent?: number) => {
  const text = JSON.stringify(value, null, indent);
  return text.replace(HIDDEN, (character) => (character === '\n' ? character : jsonEscapeOf(character)));
};

function escapeOf(character: string): string {
  const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
  const code = character.codePointAt(0) ?? 0;
  return short ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`);
}

const jsonEscapeOf = (character: string) =>
  Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
