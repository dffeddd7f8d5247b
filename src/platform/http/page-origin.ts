import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '../config/config.js';

/**
 * Web applications of assistants that call from the browser. Most assistants call from their servers, without an Origin
 * header.
 */
const CONNECTORS = new Set(['https://claude.ai', 'https://claude.com', 'https://chatgpt.com']);

/**
 * Whether a web page of this origin may call the server `own`: its own pages, pages of this machine, and known
 * assistants.
 */
export function mayCallFromPage(origin: string, own: URL): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return page.origin === own.origin || (isLoopback(own) && isLoopback(page)) || CONNECTORS.has(page.origin);
}

/**
 * Whether a form may come from a page of this server. A request with neither Sec-Fetch-Site nor Origin is accepted: it
 * is from a program or a very old browser.
 */
export function isFromOwnPage({ origin, 'sec-fetch-site': site }: IncomingHttpHeaders, own: string): boolean {
  return (site ?? 'same-origin') === 'same-origin' && (origin ?? own) === own;
}

/**
 * Whether a request comes from a web page that may not call the server. Browsers send Origin or Sec-Fetch-Site, which
 * pages cannot change; a request without both is not from a page. A page that hides its origin counts as foreign.
 */
export function isFromForeignPage(headers: IncomingHttpHeaders, own: URL): boolean {
  const { origin, referer, 'sec-fetch-site': site } = headers;
  if (origin !== undefined) return !mayCallFromPage(origin, own);
  return site === 'cross-site' && !(referer !== undefined && mayCallFromPage(referer, own));
}
