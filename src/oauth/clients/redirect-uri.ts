import { isLoopback } from '../../platform/config/config.js';
import { namesItsHost } from '../../platform/egress/url-spelling.js';

const LONGEST = 2_000;
/** A label of a domain name: letters, digits and inner hyphens. */
const LABEL = '(?=[^.]{1,63}(?:\\.|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
/** A host of strict form, because it is written into the Content-Security-Policy of the consent page. */
const HOST = new RegExp(`^(${LABEL}(\\.${LABEL})*|\\[[0-9a-f:.]+\\])$`, 'i');
/** Captures the host, and the path with the query. */
const LOOPBACK_HTTP = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?::\d+)?((?:[/?].*)?)$/;
/** A reversed domain name: the top-level domain comes first. */
const REVERSE_DOMAIN = new RegExp(`^([a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])(\\.${LABEL})+$`);
/** A single word as scheme. RFC 8252 section 7.1 requires a reversed domain name, but many desktop apps use a word. */
const WORD = /^[a-z][a-z0-9-]{2,}$/;
/** Schemes whose URI itself contains content or code; a scheme with such a prefix is rejected too. */
const HOLDS_CONTENT =
  /^(javascript|vbscript|livescript|mocha|data|blob|file|filesystem|about|view-source|jar|mhtml|res)\b/;
/** Schemes that open services or system functions, which must not receive a URI that others wrote. */
const REACHES_OTHERS =
  /^(https?|wss?|s?ftps?|scp|ssh|telnet|rlogin|tn3270|ldaps?|smb|afp|nfs|cifs|dav|davs|git|svn|rsync|gopher|nntp|news|snews|irc|ircs|xmpp|sip|sips|mailto|mms|sms|smsto|tel|callto|facetime|intent|android-app|content|market|itms.*|search|search-ms|ms-.*|shell|microsoft-edge.*|chrome.*|edge|moz-.*|safari-.*|resource|webcal|feed|magnet|urn|cid|mid|x-apple.*|x-help.*|help|steam|zoommtg|jnlp|vnc|rdp)$/;
/** A scheme followed by a path, as private-use schemes have it. */
const WITH_PATH = /^[^:/?#]+:\//;

/** Whether a client may register this redirect URI: https, http on a loopback host, or a private-use scheme. */
export function isRegistrable(uri: unknown): uri is string {
  if (typeof uri !== 'string' || uri.length > LONGEST || !/^[\x21-\x7e]+$/.test(uri) || /[#\\]/.test(uri)) return false;
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  if (url.username || url.password || !WITH_PATH.test(uri)) return false;
  if (url.hostname && !HOST.test(url.hostname)) return false;
  if (url.protocol === 'https:') return namesItsHost(uri);
  if (url.protocol === 'http:') return isLoopback(url) && namesItsHost(uri);
  return isPrivateUse(url.protocol.slice(0, -1));
}

/** Whether a scheme may belong to an app on the device (private-use URI scheme). */
const isPrivateUse = (scheme: string) =>
  !HOLDS_CONTENT.test(scheme) && (REVERSE_DOMAIN.test(scheme) || (WORD.test(scheme) && !REACHES_OTHERS.test(scheme)));

/**
 * Whether a requested redirect URI matches a registered one: the same text, except that the port of a loopback address
 * may differ (RFC 8252 section 7.3).
 */
export function matches(asked: string, registered: string): boolean {
  // The registration is checked again: an earlier version of the server may have accepted it.
  if (!isRegistrable(asked)) return false;
  if (asked === registered) return true;
  const [a, b] = [LOOPBACK_HTTP.exec(asked), LOOPBACK_HTTP.exec(registered)];
  // An empty path equals "/".
  return a !== null && b !== null && a[1] === b[1] && (a[2] || '/') === (b[2] || '/');
}

/** Adds parameters to a URI. Its own query is not changed. */
export function withParameters(uri: string, parameters: Record<string, string | undefined>): string {
  const url = new URL(uri);
  const added = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) added.append(name, value);
  url.search = url.search ? `${url.search}&${added}` : `${added}`;
  return url.href;
}
