import type { Request } from 'express';
import { routeOf } from '../../platform/routed-path.js';

/** The token endpoint, as the metadata names it and as some expect it. */
export const TOKEN_PATHS = ['token', 'oauth/token'];

/** Where programs register themselves. */
export const REGISTRATION_PATHS = ['register', 'oauth/register'];

/** Endpoints that programs in a browser may call from any origin. */
export const CROSS_ORIGIN_PATHS = [...REGISTRATION_PATHS, ...TOKEN_PATHS, 'revoke', 'oauth/revoke'];

/** Where a browser asks for a code. */
export const AUTHORIZE_PATHS = ['oauth/authorize', 'authorize'];

type Target = Pick<Request, 'originalUrl'>;

/** Whether a request is for one of these routes, in any spelling that Express takes there. */
function isAt(paths: readonly string[]) {
  const routes = new Set(paths.map((path) => `/${path}`));
  return (request: Target) => routes.has(routeOf(request));
}

const isAtEndpoint = isAt([...CROSS_ORIGIN_PATHS, ...AUTHORIZE_PATHS]);

/** Whether the request is the authorization server's: Authorization means the client there, never a caller. */
export const isForOauth = (request: Target) => isAtEndpoint(request) || routeOf(request).startsWith('/.well-known/');

/** Whether programs register or get tokens there: where nobody is asked who they are, that makes clients and guests. */
export const makesGuests = isAt([...REGISTRATION_PATHS, ...TOKEN_PATHS]);

/** Whether a program registers there, which leaves a client behind. */
export const isRegistration = isAt(REGISTRATION_PATHS);

/** Whether a person decides there about an app. */
export const isAuthorization = isAt(AUTHORIZE_PATHS);
