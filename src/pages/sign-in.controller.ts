import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { readBrowserForm } from '../identity/browsers/form.js';
import { PageErrorFilter } from '../identity/browsers/page-error.js';
import type { PageVisit } from '../identity/browsers/page-visit.js';
import { Visitors } from '../identity/browsers/visitors.service.js';
import { Logins } from '../identity/sign-in/logins.service.js';
import { PasskeyLogins } from '../identity/sign-in/passkey-logins.service.js';
import { Config } from '../platform/config/config.js';
import { sendPage } from '../platform/pages/page.js';
import { type Continuation, Continuations } from './continuations.service.js';
import { loginPage } from './login-page.js';

/** Signing in with a password. */
@Controller('login')
@UseFilters(PageErrorFilter)
export class SignInController {
  constructor(
    private readonly config: Config,
    private readonly visitors: Visitors,
    private readonly logins: Logins,
    private readonly passkeyLogins: PasskeyLogins,
    private readonly continuations: Continuations,
  ) {}

  @Get()
  async ask(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    const next = await this.continuations.of(request.query.ticket);
    if (visit.signedIn) return response.redirect(303, next.path);
    return this.show(response, 200, visit, next);
  }

  @Post()
  async logIn(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    const form = readBrowserForm(request, visit);
    const next = await this.continuations.of(form('ticket'));
    const outcome = await this.logins.logIn(visit, form('name'), form('password'));
    if (outcome === 'signed in') return response.redirect(303, next.path);
    if (outcome === 'wrong') return this.show(response, 400, visit, next, form('name'), WRONG);
    response.setHeader('Retry-After', outcome.waitS);
    return this.show(response, 429, visit, next, form('name'), `Too many attempts. Wait ${outcome.waitS} seconds.`);
  }

  private async show(
    response: Response,
    status: number,
    visit: PageVisit,
    next: Continuation,
    name?: string,
    problem?: string,
  ) {
    const passkeyOptions = await this.passkeyLogins.ask(visit);
    const canSignUp = this.config.signUp !== 'closed';
    const page = loginPage(visit, { next, passkeyOptions, name, problem, canSignUp });
    sendPage(response, status, page, next.formTarget);
  }
}

const WRONG = 'Wrong name or password.';
