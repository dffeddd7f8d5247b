import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { html } from '../../platform/pages/html.js';
import { sendPage } from '../../platform/pages/page.js';
import { TooBusyError } from '../passwords/passwords.service.js';

/** A request to a page failed; the message is a sentence for the user. */
export class PageError extends Error {
  override readonly name = 'PageFailure';
  constructor(
    readonly status: number,
    readonly sentence: string,
  ) {
    super(sentence);
  }
}

@Catch(PageError, TooBusyError)
export class PageErrorFilter implements ExceptionFilter<PageError | TooBusyError> {
  catch(failure: PageError | TooBusyError, host: ArgumentsHost) {
    const { status, sentence } = failure instanceof TooBusyError ? BUSY : failure;
    const response = host.switchToHttp().getResponse<Response>();
    if (status === 503) response.setHeader('Retry-After', '5');
    sendPage(response, status, { title: 'This did not work', body: html`<p>${sentence}</p>` }, "'none'");
  }
}

const BUSY = { status: 503, sentence: 'Too many people are signing in at the moment. Try again in a few seconds.' };
