import { ValidateBy } from 'class-validator';

/**
 * Characters that a person does not see but a model or a terminal reads: control and format characters (zero width,
 * bidirectional, tags), variation selectors, fillers, every other default-ignorable code point of Unicode, unpaired
 * surrogates, line and paragraph separators, and the blank braille pattern.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** The first invisible character of a text, as `U+200B`, or undefined. */
export function hiddenIn(text: string): string | undefined {
  const [character] = text.match(HIDDEN) ?? [];
  return character && `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Replaces each invisible character of a text by the result of `instead`; removes it by default. */
export const withoutHidden = (text: string, instead: (character: string) => string = () => '') =>
  text.replace(HIDDEN, instead);

/** The error message for a name or label that contains the invisible character `hidden` (from `hiddenIn`). */
export const hiddenFault = (field: string, hidden: string) =>
  `${field} must not hold control or invisible characters, and holds ${hidden}`;

/** Validates a field for a displayed name: it must have no invisible characters. */
export const IsVisible = () =>
  ValidateBy({
    name: 'isVisible',
    validator: {
      validate: (value: unknown) => typeof value !== 'string' || hiddenIn(value) === undefined,
      defaultMessage: (about) => hiddenFault(about?.property ?? 'it', hiddenIn(String(about?.value)) ?? ''),
    },
  });
