const AUTHORITY = /^https?:\/\/([^/?#]+)/i;

/**
 * Whether an http or https URL names its host the way it is read: `https://`, then the host, then perhaps a port. Parsers
 * mend `https:evil`, `https:/evil`, `https:\\evil`, `///evil` and tabs in a name, each in its own way, so that two of
 * them may not agree where such a text leads.
 */
export function namesItsHost(text: string): boolean {
  const authority = AUTHORITY.exec(text)?.[1];
  if (authority === undefined || !URL.canParse(text)) return false;
  return authority.replace(/:\d+$/, '').toLowerCase() === new URL(text).hostname;
}

/** Whether an https URL has `https://` and then a host, in whatever script, which no parser has to mend. */
export const hasPlainAuthority = (text: string) => /^https:\/\/[^/?#\\\s@%]+([/?#]|$)/i.test(text.trim());

/**
 * Where a `Location` leads that an answer of `from` holds: an absolute URL, or one relative to `from`. Undefined where it
 * is neither as it is written, without being mended.
 */
export function locationFrom(from: URL, text: string): URL | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!text || /[\s\\\x00-\x1f\x7f]/.test(text) || /^\/\/(\/|$)/.test(text)) return undefined;
  if (/^https?:/i.test(text) && !/^https?:\/\/([^/?#@]+@)?[^/?#@%]+([/?#]|$)/i.test(text)) return undefined;
  return URL.canParse(text, from.href) ? new URL(text, from) : undefined;
}
