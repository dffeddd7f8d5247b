import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { html } from '../../platform/html.js';
import { sendPage } from '../page.js';
import { OauthFailure } from './oauth-failure.js';

/** A refusal that must not be redirected anywhere: a person sees a page, a program JSON. */
@Catch(OauthFailure)
export class AuthorizeFailureFilter implements ExceptionFilter<OauthFailure> {
  catch({ body }: OauthFailure, host: ArgumentsHost) {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    if (http.getRequest<Request>().accepts(['json', 'html']) === 'html') {
      const page = { title: 'This did not work', body: html`<p>${body.error_description}</p>` };
      sendPage(response, 400, page, "'none'");
    } else {
      response.status(400).setHeader('Cache-Control', 'no-store').json(body);
    }
  }
}
