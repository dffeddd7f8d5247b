import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { html } from '../../platform/pages/html.js';
import { sendPage } from '../../platform/pages/page.js';
import { OauthError } from './oauth-error.js';

/** Shows an error that must not be sent by redirect: a page for a browser, JSON for a program. */
@Catch(OauthError)
export class AuthorizeFailureFilter implements ExceptionFilter<OauthError> {
  catch({ body, error, status: known, retryAfterS }: OauthError, host: ArgumentsHost) {
    const status = error === 'temporarily_unavailable' ? known : 400;
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    if (retryAfterS !== undefined) response.setHeader('Retry-After', retryAfterS);
    if (http.getRequest<Request>().accepts(['json', 'html']) === 'html') {
      const page = { title: 'This did not work', body: html`<p>${body.error_description}</p>` };
      sendPage(response, status, page, "'none'");
    } else {
      response.status(status).setHeader('Cache-Control', 'no-store').json(body);
    }
  }
}
