import { isLoopback } from '../../platform/config.js';
import { namesItsHost } from '../../platform/egress/url-spelling.js';

const LONGEST = 2_000;
/** Schemes of desktop apps we know; others must look like a domain turned round (RFC 8252 section 7.1). */
const APP_SCHEMES = new Set(['cursor:', 'vscode:', 'vscode-insiders:']);
/** A part of a name: letters, digits and hyphens between them. */
const LABEL = '(?=[^.]{1,63}(?:\\.|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
/** Nothing else may stand in a host: it is written into the policy of the consent page. */
const HOST = new RegExp(`^(${LABEL}(\\.${LABEL})*|\\[[0-9a-f:.]+\\])$`, 'i');
/** Host, then path and query, as they are written. */
const LOOPBACK_HTTP = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?::\d+)?((?:[/?].*)?)$/;
/** The name of a domain turned round, so that a top-level domain stands first: letters, or one in another script. */
const REVERSE_DOMAIN = new RegExp(`^([a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])(\\.${LABEL})+$`);
/** What other schemes run or show is in the address itself; nothing that begins like one of them is an app's. */
const HOLDS_CONTENT = /^(javascript|vbscript|livescript|data|blob|file|filesystem|about|view-source|jar)\b/;
/** With a path, as an app's own scheme has it; what follows the colon at once is content. */
const WITH_PATH = /^[^:/?#]+:\//;

/** Whether a client may register this address: https, http on a loopback host, or an app's own scheme. */
export function isRegistrable(uri: unknown): uri is string {
  if (typeof uri !== 'string' || uri.length > LONGEST || !/^[\x21-\x7e]+$/.test(uri) || /[#\\]/.test(uri)) return false;
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  if (url.username || url.password || !WITH_PATH.test(uri)) return false;
  if (url.hostname && !HOST.test(url.hostname)) return false;
  if (url.protocol === 'https:') return namesItsHost(uri);
  if (url.protocol === 'http:') return isLoopback(url) && namesItsHost(uri);
  return APP_SCHEMES.has(url.protocol) || isReverseDomain(url.protocol.slice(0, -1));
}

const isReverseDomain = (scheme: string) => REVERSE_DOMAIN.test(scheme) && !HOLDS_CONTENT.test(scheme);

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
