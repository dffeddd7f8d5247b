import { Controller, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { PageErrorFilter } from '../identity/browsers/page-error.js';
import { WebSessions } from '../identity/browsers/web-sessions.service.js';
import { Passkeys } from '../identity/sign-in/passkeys.service.js';
import { PasswordChanges } from '../identity/sign-in/password-changes.service.js';
import { hiddenFault, hiddenIn } from '../kernel/visible-text.js';
import { Database } from '../platform/database/database.js';
import { AccountPages } from './account-pages.js';
import { Continuations } from './continuations.service.js';

/** The forms of the account page about passwords, passkeys and signed-in browsers. */
@Controller('account')
@UseFilters(PageErrorFilter)
export class AccountSignInController {
  constructor(
    private readonly database: Database,
    private readonly pages: AccountPages,
    private readonly passkeys: Passkeys,
    private readonly passwords: PasswordChanges,
    private readonly webSessions: WebSessions,
    private readonly continuations: Continuations,
  ) {}

  @Post('password')
  changePassword(@Req() request: Request, @Res() response: Response) {
    return this.pages.submit(request, response, async ({ visit, signedIn, form }) => {
      const problems = await this.passwords.change(visit, signedIn, form('current'), form('password'));
      return problems ? { problems } : undefined;
    });
  }

  @Post('passkeys')
  addPasskey(@Req() request: Request, @Res() response: Response) {
    return this.pages.submit(request, response, async ({ visit, signedIn, form }) => {
      if (!this.passkeys.mayAdd(signedIn)) return SIGNED_IN_LONG_AGO;
      const hidden = hiddenIn(form('label'));
      if (hidden) return { problems: { passkey: hiddenFault('The name', hidden) } };
      if (!(await this.passkeys.add(visit, signedIn, form('credential'), form('label')))) return NO_PASSKEY;
      const { ticket, path } = await this.continuations.of(form('ticket'));
      if (ticket) response.redirect(303, path);
      return undefined;
    });
  }

  @Post('passkeys/remove')
  removePasskey(@Req() request: Request, @Res() response: Response) {
    return this.pages.submit(request, response, async ({ signedIn: { account }, form }) => {
      return (await this.passkeys.remove(account, form('id'))) ? undefined : LAST_PASSKEY;
    });
  }

  @Post('browsers/end')
  endBrowser(@Req() request: Request, @Res() response: Response) {
    return this.pages.submit(request, response, async ({ signedIn: { account }, form }) => {
      await this.database.write((tx) => this.webSessions.end(tx, account.id, form('id')));
      return undefined;
    });
  }

  @Post('browsers/end-all')
  endBrowsers(@Req() request: Request, @Res() response: Response) {
    return this.pages.submit(request, response, async ({ signedIn: { account } }) => {
      await this.database.write((tx) => this.webSessions.endAll(tx, account.id));
      return undefined;
    });
  }
}

const SIGNED_IN_LONG_AGO = {
  problems: { passkey: 'Your sign-in is too old for this. Sign out, sign in again, then add a passkey.' },
};
const NO_PASSKEY = { problems: { passkey: 'This passkey could not be added. Try again.' } };
const LAST_PASSKEY = {
  problems: {
    passkey: 'This is your only passkey, and you are a moderator or admin of this server. Add another passkey first.',
  },
};
