/**
 * What a reader cannot see and a model still reads: control and format characters (zero width, bidirectional), line and
 * paragraph separators, tag characters, fillers, variation selectors.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** JSON in which every character can be seen: the invisible ones are written as escapes, so the value stays the same. */
export const visibleJson = (value: unknown): string => JSON.stringify(value).replace(INVISIBLE, escaped);

const escaped = (character: string) =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
