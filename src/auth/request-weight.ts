import type { Request } from 'express';
import type { Weight } from '../platform/limits/request-limits.js';
import { isOauthPath } from './oauth/oauth-paths.js';

/** Registering leaves a row behind, for which nobody has to be anybody. */
const REGISTRATION_UNITS = 10;

/** What a request weighs by its first line and headers: at the endpoints of OAuth a client is nobody yet, whatever it sends. */
export function weightOf({ path, headers }: Request): Weight {
  const asked = path.toLowerCase();
  const isAnonymous = isOauthPath(asked) || !/^bearer\b/i.test(headers.authorization ?? '');
  return { units: /\/register\/?$/.test(asked) ? REGISTRATION_UNITS : 1, isAnonymous };
}
