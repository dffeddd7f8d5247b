import type { Request } from 'express';
import { unitsOfBytes } from '../platform/limits/caps.js';
import type { Weight } from '../platform/limits/request-limits.js';
import { routeOf } from '../platform/routed-path.js';
import { isForOauth, isRegistration } from './oauth/oauth-paths.js';

/** Registering leaves a row behind, for which nobody has to be anybody. */
const REGISTRATION_UNITS = 10;

/** Opening a page that something is remembered for: a request that waits for a click, a challenge for a passkey. */
const PAGE_UNITS = 5;

/** What a request weighs by its first line and headers: at the endpoints of OAuth a client is nobody yet, whatever it sends. */
export function weightOf(request: Request): Weight {
  const { headers } = request;
  const isAnonymous = isForOauth(request) || !/^bearer\b/i.test(headers.authorization ?? '');
  const isPage = /^(\/oauth)?\/(authorize|login)\b/.test(routeOf(request));
  // A token's body is paid for by its account, once that is known.
  const size = isAnonymous ? unitsOfBytes(Number(headers['content-length']) || 0) : 0;
  return { units: (isRegistration(request) ? REGISTRATION_UNITS : isPage ? PAGE_UNITS : 1) + size, isAnonymous };
}
