import { Controller, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { readBrowserForm } from '../identity/browsers/form.js';
import { PageErrorFilter } from '../identity/browsers/page-error.js';
import { Visitors } from '../identity/browsers/visitors.service.js';
import { WebSessions } from '../identity/browsers/web-sessions.service.js';
import { Database } from '../platform/database/database.js';

/** Signs this browser out, even if it is still waiting for the passkey. */
@Controller('logout')
@UseFilters(PageErrorFilter)
export class SignOutController {
  constructor(
    private readonly database: Database,
    private readonly visitors: Visitors,
    private readonly webSessions: WebSessions,
  ) {}

  @Post()
  async logOut(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    readBrowserForm(request, visit);
    const { account } = visit.signedIn ?? visit.awaitingPasskey ?? {};
    if (account) await this.database.write((tx) => this.webSessions.end(tx, account.id, visit.hash));
    visit.renew();
    response.redirect(303, '/login');
  }
}
