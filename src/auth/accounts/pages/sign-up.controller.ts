import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { html } from '../../../platform/html.js';
import { sendPage } from '../../page.js';
import { AccountInvites } from '../invites/account-invites.service.js';
import { type Problems, SignUps, type Wish } from '../sign-ups.service.js';
import { type Continuation, Continuations } from '../web/continuations.service.js';
import { readForm } from '../web/form.js';
import { PageFailureFilter } from '../web/page-failure.js';
import type { Visit } from '../web/visit.js';
import { Visitors } from '../web/visitors.service.js';
import { signUpPage } from './sign-up-page.js';

/** Making an account. */
@Controller('sign-up')
@UseFilters(PageFailureFilter)
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
    const form = readForm(request, visit);
    const wish = { code: form('code').trim(), name: form('name'), password: form('password') };
    const next = await this.continuations.of(form('ticket'));
    const problems = await this.signUps.signUp(visit, wish);
    if (!problems) return response.redirect(303, next.path);
    return this.show(response, 400, visit, next, wish, problems);
  }

  private async show(
    response: Response,
    status: number,
    visit: Visit,
    next: Continuation,
    given: Pick<Wish, 'code' | 'name'>,
    problems?: Problems,
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

const BAD_CODE = 'This code is unknown, used or too old.';
const CLOSED = {
  title: 'Sign-up is closed',
  body: html`<p>Nobody can make an account on this server just now. <a href="/login">Sign in</a> if you have one.</p>`,
};
