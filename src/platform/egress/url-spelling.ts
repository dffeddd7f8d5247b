const AUTHORITY = /^https?:\/\/([^/?#]+)/i;

/**
 * Whether an http or https URL is written as `https://`, a host, and optionally a port. Lenient parsers accept
 * `https:evil`, `https:/evil`, `https:\\evil`, `///evil` and tabs in a name, and may disagree about the host, so such
 * text is rejected.
 */
export function namesItsHost(text: string): boolean {
  const authority = AUTHORITY.exec(text)?.[1];
  if (authority === undefined || !URL.canParse(text)) return false;
  return authority.replace(/:\d+$/, '').toLowerCase() === new URL(text).hostname;
}

/**
 * Whether an https URL is written as `https://` and a host, in any script, so that all parsers agree about the host.
 */
export const hasPlainAuthority = (text: string) => /^https:\/\/[^/?#\\\s@%]+([/?#]|$)/i.test(text.trim());

/**
 * The target of a redirect from `from`: `text` is an absolute URL or one relative to `from`. Undefined if it is valid
 * only for a lenient parser.
 */
export function locationFrom(from: URL, text: string): URL | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression finds control characters
  if (!text || /[\s\\\x00-\x1f\x7f]/.test(text) || /^\/\/(\/|$)/.test(text)) return undefined;
  if (/^https?:/i.test(text) && !/^https?:\/\/([^/?#@]+@)?[^/?#@%]+([/?#]|$)/i.test(text)) return undefined;
  return URL.canParse(text, from.href) ? new URL(text, from) : undefined;
}
