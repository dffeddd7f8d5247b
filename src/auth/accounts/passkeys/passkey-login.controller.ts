import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { sendPage } from '../../page.js';
import { secondFactorPage } from '../pages/login-page.js';
import { Continuations } from '../web/continuations.service.js';
import { readForm } from '../web/form.js';
import { PageFailure, PageFailureFilter } from '../web/page-failure.js';
import { Visitors } from '../web/visitors.service.js';
import { PasskeyLogins } from './passkey-logins.service.js';
import { Passkeys } from './passkeys.service.js';

/** Signing in with a passkey, and showing one after a password. */
@Controller('login/passkey')
@UseFilters(PageFailureFilter)
export class PasskeyLoginController {
  constructor(
    private readonly visitors: Visitors,
    private readonly logins: PasskeyLogins,
    private readonly passkeys: Passkeys,
    private readonly continuations: Continuations,
  ) {}

  /** Who has none yet is led to where one is added. */
  @Get()
  async ask(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    const next = await this.continuations.of(request.query.ticket);
    const known = visit.half ?? visit.signedIn;
    if (!known) return response.redirect(303, `/login${next.ticket && `?ticket=${next.ticket}`}`);
    if (known.session.passkeyAt !== null) return response.redirect(303, next.path);
    const hasOne = (await this.passkeys.of(known.account.id)).length > 0;
    if (!hasOne) return response.redirect(303, `/account?ticket=${next.ticket}#passkeys`);
    const options = await this.logins.ask(visit);
    return sendPage(response, 200, secondFactorPage(visit, next, known.account.name, options), next.formTarget);
  }

  @Post()
  async logIn(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    const form = readForm(request, visit);
    const next = await this.continuations.of(form('ticket'));
    if (!(await this.logins.logIn(visit, form('credential')))) throw new PageFailure(400, REFUSED);
    response.redirect(303, next.path);
  }
}

const REFUSED = 'This passkey is not known here, or the page was open for too long. Go back and try again.';
