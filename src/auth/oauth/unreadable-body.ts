import type { NextFunction, Request, Response } from 'express';
import { allowAnyOrigin } from './oauth-cors.middleware.js';
import { OauthFailure } from './oauth-failure.js';
import { isOauthPath } from './oauth-paths.js';

/** Express error handler, behind the body parsers: what they refuse at an OAuth endpoint is answered in OAuth's form. */
export function unreadableBody(error: { status?: number }, request: Request, response: Response, next: NextFunction) {
  if (!isOauthPath(request.path) || !error.status || error.status >= 500) return next(error);
  const { body } = new OauthFailure(request.path.endsWith('/register') ? 'invalid_client_metadata' : 'invalid_request');
  allowAnyOrigin(response).status(error.status).setHeader('Cache-Control', 'no-store').json(body);
}
