import type { NextFunction, Request, Response } from 'express';
import { DomainError, ERRORS, retryAfterOf } from '../../kernel/errors.js';
import { html } from '../../platform/html.js';
import { sendPage } from '../page.js';
import { allowAnyOrigin } from './oauth-cors.middleware.js';
import { OauthFailure } from './oauth-failure.js';
import { isAuthorization, isForOauth, isRegistration } from './oauth-paths.js';

/** Express error handler: what is refused at an OAuth endpoint before it is reached is answered in OAuth's form. */
export function unreadableBody(error: unknown, request: Request, response: Response, next: NextFunction) {
  const status = error instanceof DomainError ? ERRORS[error.code].status : (error as { status?: number }).status;
  if (!isForOauth(request) || !status || status >= 500) return next(error);
  const { body } = failureOf(error, request);
  const retryAfter = error instanceof DomainError && retryAfterOf(error.facts);
  if (retryAfter) response.setHeader('Retry-After', retryAfter);
  // A person is on the way to the form that lets an app in.
  if (isAuthorization(request) && request.accepts(['json', 'html']) === 'html') {
    const page = { title: 'This did not work', body: html`<p>${body.error_description}</p>` };
    return sendPage(response, status, page, "'none'");
  }
  allowAnyOrigin(response).status(status).setHeader('Cache-Control', 'no-store').json(body);
}

function failureOf(error: unknown, request: Request): OauthFailure {
  if (error instanceof DomainError && error.code === 'RATE_LIMIT') return OauthFailure.tooOften();
  return new OauthFailure(isRegistration(request) ? 'invalid_client_metadata' : 'invalid_request');
}
