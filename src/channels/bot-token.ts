/** What a bot is called within ids whose own name is more than a word. */
const OTHER = 'CustomBot';

/** One or two words of letters alone, each with a capital, 16 letters in all: a name such as `GuessBot`, and no room for a sentence. */
const PLAIN = /^(?=.{1,16}$)[A-Z]+[a-z]*([A-Z]+[a-z]*)?$/;

/** The name of a bot as it may stand within an id or beside one, where nothing marks it as somebody else's words. */
export const botToken = (name: string) => (PLAIN.test(name) ? name : OTHER);
