import { isLoopback } from '../../platform/config.js';
import { namesItsHost } from '../../platform/egress/url-spelling.js';

const LONGEST = 2_000;
/** Schemes of desktop apps we know; others must look like a domain turned round (RFC 8252 section 7.1). */
const APP_SCHEMES = new Set(['cursor:', 'vscode:', 'vscode-insiders:']);
/** Nothing else may stand in a host: it is written into the policy of the consent page. */
const HOST = /^([a-z0-9.-]*|\[[0-9a-f:.]+\])$/i;
/** Host, then path and query, as they are written. */
const LOOPBACK_HTTP = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?::\d+)?((?:[/?].*)?)$/;
const REVERSE_DOMAIN = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/;

/** Whether a client may register this address: https, http on a loopback host, or an app's own scheme. */
export function isRegistrable(uri: unknown): uri is string {
  if (typeof uri !== 'string' || uri.length > LONGEST || !/^[\x21-\x7e]+$/.test(uri) || /[#\\]/.test(uri)) return false;
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  if (url.username || url.password || !HOST.test(url.hostname)) return false;
  if (url.protocol === 'https:') return namesItsHost(uri);
  if (url.protocol === 'http:') return isLoopback(url) && namesItsHost(uri);
  return APP_SCHEMES.has(url.protocol) || REVERSE_DOMAIN.test(url.protocol);
}

/** The same text, except that an app on this machine may listen on any port (RFC 8252 section 7.3). */
export function matches(asked: string, registered: string): boolean {
  // What was registered is judged again: it may have been let in by an earlier version.
  if (!isRegistrable(asked)) return false;
  if (asked === registered) return true;
  const [a, b] = [LOOPBACK_HTTP.exec(asked), LOOPBACK_HTTP.exec(registered)];
  // No path and the shortest are one address.
  return a !== null && b !== null && a[1] === b[1] && (a[2] || '/') === (b[2] || '/');
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
