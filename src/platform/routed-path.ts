import type { Request } from 'express';

/** The scheme and the host of a target in absolute form (RFC 9112 section 3.2.2), which every server has to read. */
const BEFORE_PATH = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]*/i;

/**
 * The path of a request that Express looks its routes up by, whatever middleware this is asked in: without the host of a
 * target in absolute form, without a query or a fragment. Percent-encoding stays, as routes are found by what is written.
 */
export function pathOf({ originalUrl }: Pick<Request, 'originalUrl'>): string {
  const [path = ''] = originalUrl.replace(BEFORE_PATH, '').split(/[?#]/, 1);
  return path.replaceAll('\\', '/') || '/';
}

/** The same for all spellings that find one route: large letters and one slash at the end change nothing. */
export const routeOf = (request: Pick<Request, 'originalUrl'>): string =>
  pathOf(request).replace(/\/$/, '').toLowerCase() || '/';
