import type { Request } from 'express';
import { routeOf } from '../../platform/http/routed-path.js';
import { unitsOfBytes } from '../../platform/limits/caps.js';
import type { Weight } from '../../platform/limits/request-limits.js';
import { isForOauth, isRegistration } from '../protocol/oauth-paths.js';

/** The cost of a client registration, which stores a row without authentication. */
const REGISTRATION_UNITS = 10;

/** The cost of opening a page that stores a row: a consent ticket or a passkey challenge. */
const PAGE_UNITS = 5;

/** The rate cost of a request, from its first line and headers. Requests to OAuth endpoints count as anonymous. */
export function weightOf(request: Request): Weight {
  const { headers } = request;
  const isAnonymous = isForOauth(request) || !/^bearer\b/i.test(headers.authorization ?? '');
  const isPage = /^(\/oauth)?\/(authorize|login)\b/.test(routeOf(request));
  // The body of an authenticated request is charged later, when its account is known.
  const size = isAnonymous ? unitsOfBytes(Number(headers['content-length']) || 0) : 0;
  return { units: (isRegistration(request) ? REGISTRATION_UNITS : isPage ? PAGE_UNITS : 1) + size, isAnonymous };
}
