import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Accounts } from '../identity/accounts/accounts.service.js';
import { PageErrorFilter } from '../identity/browsers/page-error.js';
import { PasswordChanges } from '../identity/sign-in/password-changes.service.js';
import { DomainError } from '../kernel/errors.js';
import { AccountAccesses } from '../oauth/access/account-accesses.service.js';
import { PersonalTokens } from '../oauth/access/personal-tokens.service.js';
import { AccountPages } from './account-pages.js';

/** The account page, and its forms about the account itself and the apps and tokens with access to it. */
@Controller('account')
@UseFilters(PageErrorFilter)
export class AccountController {
  constructor(
    private readonly pages: AccountPages,
    private readonly accounts: Accounts,
    private readonly accesses: AccountAccesses,
    private readonly tokens: PersonalTokens,
    private readonly passwords: PasswordChanges,
  ) {}

  @Get()
  show(@Req() request: Request, @Res() response: Response) {
    return this.pages.visit(request, response);
  }

  @Post('access/revoke')
  revoke(@Req() request: Request, @Res() response: Response) {
    return this.pages.submit(request, response, async ({ signedIn: { account }, form }) => {
      await this.accesses.revoke(account.id, form('id')).catch(unlessGone);
      return undefined;
    });
  }

  /** The token is shown in the response to the form, because it is not stored. */
  @Post('tokens')
  makeToken(@Req() request: Request, @Res() response: Response) {
    return this.pages.submit(request, response, async (submission) => {
      const result = await this.tokens.make(submission.signedIn, submission.form);
      await this.pages.show(response, result.token ? 200 : 400, submission, result);
      return undefined;
    });
  }

  @Post('delete')
  delete(@Req() request: Request, @Res() response: Response) {
    return this.pages.submit(request, response, async ({ visit, signedIn: { account }, form }) => {
      const deletion = await this.passwords.problemOf(visit, account, form('password'));
      if (deletion) return { problems: { deletion } };
      const isLast = await this.accounts.delete(account.id).then(() => false, ifLastAdmin);
      return isLast ? LAST_ADMIN : undefined;
    });
  }
}

const LAST_ADMIN = {
  problems: { deletion: 'You are the last admin of this server. Make another account an admin first.' },
};

/**
 * Ignores ACCESS_NOT_FOUND: the form was sent twice, or the access ended elsewhere. It is ended, as the user wanted.
 */
function unlessGone(error: unknown) {
  if (!(error instanceof DomainError && error.code === 'ACCESS_NOT_FOUND')) throw error;
}

function ifLastAdmin(error: unknown): true {
  if (error instanceof DomainError && error.code === 'LAST_ADMIN') return true;
  throw error;
}
