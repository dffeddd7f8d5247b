import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { readBrowserForm } from '../identity/browsers/form.js';
import { PageError, PageErrorFilter } from '../identity/browsers/page-error.js';
import { Visitors } from '../identity/browsers/visitors.service.js';
import { PasskeyLogins } from '../identity/sign-in/passkey-logins.service.js';
import { Passkeys } from '../identity/sign-in/passkeys.service.js';
import { sendPage } from '../platform/pages/page.js';
import { Continuations } from './continuations.service.js';
import { secondFactorPage } from './login-page.js';

/** Signing in with a passkey, alone or as second factor. */
@Controller('login/passkey')
@UseFilters(PageErrorFilter)
export class PasskeyLoginController {
  constructor(
    private readonly visitors: Visitors,
    private readonly logins: PasskeyLogins,
    private readonly passkeys: Passkeys,
    private readonly continuations: Continuations,
  ) {}

  /** A user without a passkey is sent to the page where one can be added. */
  @Get()
  async ask(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    const next = await this.continuations.of(request.query.ticket);
    const known = visit.awaitingPasskey ?? visit.signedIn;
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
    const form = readBrowserForm(request, visit);
    const next = await this.continuations.of(form('ticket'));
    if (!(await this.logins.logIn(visit, form('credential')))) throw new PageError(400, REFUSED);
    response.redirect(303, next.path);
  }
}

const REFUSED = 'This passkey is unknown on this server, or the page was open for too long. Go back and try again.';
