/** What a line means to say, and to whom. */
export interface Line {
  readonly body: string | object;
  readonly to?: string;
}

/** Reads a line: `/quit`, `/to <slot or bot> <words>`, a JSON object, or words for everyone. Undefined where nothing is said. */
export function lineOf(text: string): Line | 'quit' | undefined {
  const said = text.trim();
  if (said === '') return undefined;
  if (said === '/quit') return 'quit';
  const [, to, words] = /^\/to (\S+) (.+)$/s.exec(said) ?? [];
  return { body: bodyOf(words ?? said), to };
}

function bodyOf(words: string): string | object {
  if (!words.startsWith('{')) return words;
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}
