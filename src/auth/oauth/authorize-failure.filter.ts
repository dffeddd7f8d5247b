import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { html } from '../../platform/html.js';
import { sendPage } from '../page.js';
import { OauthFailure } from './oauth-failure.js';

/** A refusal that must not be redirected anywhere: a person sees a page, a program JSON. */
@Catch(OauthFailure)
export class AuthorizeFailureFilter implements ExceptionFilter<OauthFailure> {
  catch({ body, error, status: known, retryAfterS }: OauthFailure, host: ArgumentsHost) {
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
