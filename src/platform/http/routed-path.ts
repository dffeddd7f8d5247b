import type { Request } from 'express';

/**
 * The scheme and host of a request target in absolute form (RFC 9112 section 3.2.2), which every server must accept.
 */
const BEFORE_PATH = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]*/i;

/**
 * The path by which Express finds a route, in any middleware: without host, query and fragment. Percent-encoding is
 * kept, because routes are matched before decoding.
 */
export function pathOf({ originalUrl }: Pick<Request, 'originalUrl'>): string {
  const [path = ''] = originalUrl.replace(BEFORE_PATH, '').split(/[?#]/, 1);
  return path.replaceAll('\\', '/') || '/';
}

/** The path in lower case and without a slash at the end: Express treats these spellings as the same route. */
export const routeOf = (request: Pick<Request, 'originalUrl'>): string =>
  pathOf(request).replace(/\/$/, '').toLowerCase() || '/';
