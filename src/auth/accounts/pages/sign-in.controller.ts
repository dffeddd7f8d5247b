import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Config } from '../../../platform/config.js';
import { Database } from '../../../platform/database.js';
import { sendPage } from '../../page.js';
import { Logins } from '../logins.service.js';
import { PasskeyLogins } from '../passkeys/passkey-logins.service.js';
import { type Continuation, Continuations } from '../web/continuations.service.js';
import { readForm } from '../web/form.js';
import { PageFailureFilter } from '../web/page-failure.js';
import type { Visit } from '../web/visit.js';
import { Visitors } from '../web/visitors.service.js';
import { WebSessions } from '../web/web-sessions.service.js';
import { loginPage } from './login-page.js';

/** Signing in with a password, and out again. */
@Controller()
@UseFilters(PageFailureFilter)
export class SignInController {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly visitors: Visitors,
    private readonly logins: Logins,
    private readonly passkeyLogins: PasskeyLogins,
    private readonly webSessions: WebSessions,
    private readonly continuations: Continuations,
  ) {}

  @Get('login')
  async ask(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    const next = await this.continuations.of(request.query.ticket);
    if (visit.signedIn) return response.redirect(303, next.path);
    return this.show(response, 200, visit, next);
  }

  @Post('login')
  async logIn(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    const form = readForm(request, visit);
    const next = await this.continuations.of(form('ticket'));
    const outcome = await this.logins.logIn(visit, form('name'), form('password'));
    if (outcome === 'signed in') return response.redirect(303, next.path);
    if (outcome === 'wrong') return this.show(response, 400, visit, next, form('name'), WRONG);
    response.setHeader('Retry-After', outcome.waitS);
    return this.show(response, 429, visit, next, form('name'), `Too many tries. Wait ${outcome.waitS} seconds.`);
  }

  @Post('logout')
  async logOut(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    readForm(request, visit);
    const { account } = visit.signedIn ?? visit.half ?? {};
    if (account) await this.database.write((tx) => this.webSessions.end(tx, account.id, visit.hash));
    visit.renew();
    response.redirect(303, '/login');
  }

  private async show(
    response: Response,
    status: number,
    visit: Visit,
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

const WRONG = 'This name and this password do not go together.';
