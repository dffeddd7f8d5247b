import { withoutHidden } from '../../kernel/visible-text.js';

/** JSON in which invisible characters are written as escapes, so that the value is the same. */
export const visibleJson = (value: unknown): string => visibleText(JSON.stringify(value));

/** Replaces invisible characters in a text by escapes. */
export const visibleText = (text: string): string => withoutHidden(text, escaped);

const escaped = (character: string) =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
