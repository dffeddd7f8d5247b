import type { Request } from 'express';
import { routeOf } from '../../platform/http/routed-path.js';

/** The token endpoint: the path in the metadata, and one that some clients expect. */
export const TOKEN_PATHS = ['token', 'oauth/token'];

/** The registration endpoint. */
export const REGISTRATION_PATHS = ['register', 'oauth/register'];

/** Endpoints that browser programs may call from any origin. */
export const CROSS_ORIGIN_PATHS = [...REGISTRATION_PATHS, ...TOKEN_PATHS, 'revoke', 'oauth/revoke'];

/** The authorization endpoint. */
export const AUTHORIZE_PATHS = ['oauth/authorize', 'authorize'];

type Target = Pick<Request, 'originalUrl'>;

/** Whether a request is for one of these routes, in any spelling that Express accepts. */
function isAt(paths: readonly string[]) {
  const routes = new Set(paths.map((path) => `/${path}`));
  return (request: Target) => routes.has(routeOf(request));
}

const isAtEndpoint = isAt([...CROSS_ORIGIN_PATHS, ...AUTHORIZE_PATHS]);

/**
 * Whether a request is for the authorization server. There the Authorization header belongs to the client, not to a
 * caller.
 */
export const isForOauth = (request: Target) => isAtEndpoint(request) || routeOf(request).startsWith('/.well-known/');

/** Whether an endpoint can create clients or guests without authentication. */
export const makesGuests = isAt([...REGISTRATION_PATHS, ...TOKEN_PATHS]);

/** Whether a request registers a client. */
export const isRegistration = isAt(REGISTRATION_PATHS);

/** Whether a request is for the page on which a user approves a client. */
export const isAuthorization = isAt(AUTHORIZE_PATHS);
