import type { NextFunction, Request, Response } from 'express';
import { DomainError, ERRORS, retryAfterOf } from '../../kernel/errors.js';
import { html } from '../../platform/pages/html.js';
import { sendPage } from '../../platform/pages/page.js';
import { allowAnyOrigin } from './oauth-cors.middleware.js';
import { OauthError } from './oauth-error.js';
import { isAuthorization, isForOauth, isRegistration } from './oauth-paths.js';

/** Express error handler: an error that occurs before a request reaches its OAuth endpoint is sent in OAuth's format. */
export function earlyOauthError(error: unknown, request: Request, response: Response, next: NextFunction) {
  const status = error instanceof DomainError ? ERRORS[error.code].status : (error as { status?: number }).status;
  if (!isForOauth(request) || !status || status >= 500) return next(error);
  const { body } = failureOf(error, request);
  const retryAfter = error instanceof DomainError && retryAfterOf(error.facts);
  if (retryAfter) response.setHeader('Retry-After', retryAfter);
  // A user who is on the way to the consent form gets a page.
  if (isAuthorization(request) && request.accepts(['json', 'html']) === 'html') {
    const page = { title: 'This did not work', body: html`<p>${body.error_description}</p>` };
    return sendPage(response, status, page, "'none'");
  }
  allowAnyOrigin(response).status(status).setHeader('Cache-Control', 'no-store').json(body);
}

function failureOf(error: unknown, request: Request): OauthError {
  if (error instanceof DomainError && error.code === 'RATE_LIMIT') return OauthError.tooOften();
  return new OauthError(isRegistration(request) ? 'invalid_client_metadata' : 'invalid_request');
}
