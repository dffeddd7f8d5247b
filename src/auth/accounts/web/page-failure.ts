import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { html } from '../../../platform/html.js';
import { sendPage } from '../../page.js';
import { TooBusy } from '../passwords/passwords.service.js';

/** A request to a page that ends here, with a sentence for the person in front of it. */
export class PageFailure extends Error {
  override readonly name = 'PageFailure';
  constructor(
    readonly status: number,
    readonly sentence: string,
  ) {
    super(sentence);
  }
}

@Catch(PageFailure, TooBusy)
export class PageFailureFilter implements ExceptionFilter<PageFailure | TooBusy> {
  catch(failure: PageFailure | TooBusy, host: ArgumentsHost) {
    const { status, sentence } = failure instanceof TooBusy ? BUSY : failure;
    const response = host.switchToHttp().getResponse<Response>();
    if (status === 503) response.setHeader('Retry-After', '5');
    sendPage(response, status, { title: 'This did not work', body: html`<p>${sentence}</p>` }, "'none'");
  }
}

const BUSY = { status: 503, sentence: 'Many people sign in just now. Try again in a moment.' };
