import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from './config.js';

/** Web pages of assistants that may call from a browser; most of them call from their servers, without an Origin. */
const CONNECTORS = new Set(['https://claude.ai', 'https://claude.com', 'https://chatgpt.com']);

/** Whether a page of this origin may call the server at `own`: its own pages, this machine's, and known assistants'. */
export function mayCall(origin: string, own: URL): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return page.origin === own.origin || (isLoopback(own) && isLoopback(page)) || CONNECTORS.has(page.origin);
}

/**
 * Whether a form may have been sent from a page of this server, whose origin the browser spells like that. What names
 * neither a site nor an origin is no browser's, or one so old that it says neither.
 */
export function isFromOwnPage({ origin, 'sec-fetch-site': site }: IncomingHttpHeaders, own: string): boolean {
  return (site ?? 'same-origin') === 'same-origin' && (origin ?? own) === own;
}

/**
 * Whether a browser sends the request for a page that may not call the server. What is no browser's is from no page; a
 * browser names the page's origin, or at least that the page is of another site, and no page can change either. A page
 * may hide its own address, and then counts as one that may not call.
 */
export function isFromForeignPage(headers: IncomingHttpHeaders, own: URL): boolean {
  const { origin, referer, 'sec-fetch-site': site } = headers;
  if (origin !== undefined) return !mayCall(origin, own);
  return site === 'cross-site' && !(referer !== undefined && mayCall(referer, own));
}
