/** The name used in ids for a bot whose own name does not match PLAIN. */
const OTHER = 'CustomBot';

/**
 * One or two capitalized words of letters, at most 16 letters: enough for a name such as `GuessBot`, too short for a
 * sentence.
 */
const PLAIN = /^(?=.{1,16}$)[A-Z]+[a-z]*([A-Z]+[a-z]*)?$/;

/** The name of a bot for use in an id or next to one, where text of other people would not be marked as such. */
export const botToken = (name: string) => (PLAIN.test(name) ? name : OTHER);
