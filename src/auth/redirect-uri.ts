import { isLoopback } from '../platform/config.js';

const LONGEST = 2_000;
/** Schemes of desktop apps we know; others must look like a domain turned round (RFC 8252 section 7.1). */
const APP_SCHEMES = new Set(['cursor:', 'vscode:', 'vscode-insiders:']);
const REVERSE_DOMAIN = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/;

/** Whether a client may register this address: https, http on a loopback host, or an app's own scheme. */
export function isRegistrable(uri: unknown): uri is string {
  if (typeof uri !== 'string' || uri.length > LONGEST || !/^[\x21-\x7e]+$/.test(uri) || /[#\\]/.test(uri)) return false;
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  if (url.username || url.password) return false;
  if (url.protocol === 'https:') return true;
  if (url.protocol === 'http:') return isLoopback(url);
  return APP_SCHEMES.has(url.protocol) || REVERSE_DOMAIN.test(url.protocol);
}

/** The same text, except that an app on this machine may listen on any port (RFC 8252 section 7.3). */
export function matches(asked: string, registered: string): boolean {
  if (asked === registered) return true;
  if (!isRegistrable(asked)) return false;
  const [a, b] = [new URL(asked), new URL(registered)];
  if (!isLoopbackHttp(a) || !isLoopbackHttp(b)) return false;
  return a.hostname === b.hostname && a.pathname === b.pathname && a.search === b.search;
}

export const isLoopbackHttp = (url: URL) => url.protocol === 'http:' && isLoopback(url);

/** The address with more parameters. Its own query stays as it was registered, byte for byte. */
export function withParameters(uri: string, parameters: Record<string, string | undefined>): string {
  const url = new URL(uri);
  const added = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) added.append(name, value);
  url.search = url.search ? `${url.search}&${added}` : `${added}`;
  return url.href;
}
