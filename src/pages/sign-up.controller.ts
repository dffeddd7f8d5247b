import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { readBrowserForm } from '../identity/browsers/form.js';
import { PageErrorFilter } from '../identity/browsers/page-error.js';
import type { PageVisit } from '../identity/browsers/page-visit.js';
import { Visitors } from '../identity/browsers/visitors.service.js';
import { AccountInvites } from '../identity/invites/account-invites.service.js';
import { type FieldProblems, type SignUpSubmission, SignUps } from '../identity/sign-in/sign-ups.service.js';
import { html } from '../platform/pages/html.js';
import { sendPage } from '../platform/pages/page.js';
import { type Continuation, Continuations } from './continuations.service.js';
import { signUpPage } from './sign-up-page.js';

/** Creating an account. */
@Controller('sign-up')
@UseFilters(PageErrorFilter)
export class SignUpController {
  constructor(
    private readonly visitors: Visitors,
    private readonly signUps: SignUps,
    private readonly invites: AccountInvites,
    private readonly continuations: Continuations,
  ) {}

  @Get()
  async ask(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    const { code = '', ticket } = request.query;
    await this.show(response, 200, visit, await this.continuations.of(ticket), { code: `${code}`, name: '' });
  }

  @Post()
  async signUp(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    const form = readBrowserForm(request, visit);
    const submission = { code: form('code').trim(), name: form('name'), password: form('password') };
    const next = await this.continuations.of(form('ticket'));
    const problems = await this.signUps.signUp(visit, submission);
    if (!problems) return response.redirect(303, next.path);
    return this.show(response, 400, visit, next, submission, problems);
  }

  private async show(
    response: Response,
    status: number,
    visit: PageVisit,
    next: Continuation,
    given: Pick<SignUpSubmission, 'code' | 'name'>,
    problems?: FieldProblems,
  ) {
    const invite = given.code ? await this.invites.find(given.code) : undefined;
    if (this.signUps.isClosed && !invite) return sendPage(response, 403, CLOSED, "'none'");
    const shown = {
      next,
      given,
      problems: problems ?? (given.code && !invite ? { code: BAD_CODE } : {}),
      fixedName: invite?.name ?? undefined,
      isReset: invite?.purpose === 'reset',
      needsCode: this.signUps.needsCode,
    };
    return sendPage(response, status, signUpPage(visit, shown), next.formTarget);
  }
}

const BAD_CODE = 'This code is unknown, used or expired.';
const CLOSED = {
  title: 'Sign-up is closed',
  body: html`<p>Accounts cannot be created on this server at the moment. If you have one, <a href="/login">sign in</a>.</p>`,
};
