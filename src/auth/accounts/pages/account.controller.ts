import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError } from '../../../kernel/errors.js';
import { Database } from '../../../platform/database.js';
import { sendPage } from '../../page.js';
import { Accesses } from '../access/accesses.service.js';
import { PersonalTokens } from '../access/personal-tokens.service.js';
import { Accounts } from '../accounts.service.js';
import { Passkeys } from '../passkeys/passkeys.service.js';
import { PasswordChanges } from '../password-changes.service.js';
import { Continuations } from '../web/continuations.service.js';
import { type Form, readForm } from '../web/form.js';
import { PageFailureFilter } from '../web/page-failure.js';
import type { SignedIn, Visit } from '../web/visit.js';
import { Visitors } from '../web/visitors.service.js';
import { WebSessions } from '../web/web-sessions.service.js';
import { type AccountShown, accountPage } from './account-page.js';
import type { Told } from './told.js';

/** What somebody signed in asked for on the page, and whose form it was. */
interface Wish {
  readonly visit: Visit;
  readonly signedIn: SignedIn;
  readonly form: Form;
}

/** What it did not do, or what there is to show. */
type Grant = (wish: Wish) => Promise<Told | undefined>;

/** The page of one's own account, and what its forms do. */
@Controller('account')
@UseFilters(PageFailureFilter)
export class AccountController {
  constructor(
    private readonly database: Database,
    private readonly visitors: Visitors,
    private readonly accounts: Accounts,
    private readonly accesses: Accesses,
    private readonly tokens: PersonalTokens,
    private readonly passkeys: Passkeys,
    private readonly passwords: PasswordChanges,
    private readonly webSessions: WebSessions,
    private readonly continuations: Continuations,
  ) {}

  @Get()
  async show(@Req() request: Request, @Res() response: Response) {
    const visit = await this.visitors.of(request, response);
    if (!visit.signedIn) return response.redirect(303, visit.half ? '/login/passkey' : '/login');
    const { ticket, did } = request.query;
    return this.page(response, 200, visit, visit.signedIn, { did: `${did ?? ''}` }, ticket);
  }

  @Post('access/revoke')
  revoke(@Req() request: Request, @Res() response: Response) {
    return this.wished(request, response, async ({ signedIn: { account }, form }) => {
      await this.accesses.revoke(account.id, form('id')).catch(unlessGone);
      return undefined;
    });
  }

  /** Shown in the answer to the form itself: it is kept nowhere. */
  @Post('tokens')
  makeToken(@Req() request: Request, @Res() response: Response) {
    return this.wished(request, response, async ({ visit, signedIn, form }) => {
      const told = await this.tokens.make(signedIn, form);
      await this.page(response, told.token ? 200 : 400, visit, signedIn, told);
      return undefined;
    });
  }

  @Post('password')
  changePassword(@Req() request: Request, @Res() response: Response) {
    return this.wished(request, response, async ({ visit, signedIn, form }) => {
      const problems = await this.passwords.change(visit, signedIn, form('current'), form('password'));
      return problems ? { problems } : undefined;
    });
  }

  @Post('passkeys')
  addPasskey(@Req() request: Request, @Res() response: Response) {
    return this.wished(request, response, async ({ visit, signedIn, form }) => {
      if (!this.passkeys.mayAdd(signedIn)) return SIGNED_IN_LONG_AGO;
      if (!(await this.passkeys.add(visit, signedIn, form('credential'), form('label')))) return NO_PASSKEY;
      const { ticket, path } = await this.continuations.of(form('ticket'));
      if (ticket) response.redirect(303, path);
      return undefined;
    });
  }

  @Post('passkeys/remove')
  removePasskey(@Req() request: Request, @Res() response: Response) {
    return this.wished(request, response, async ({ signedIn: { account }, form }) => {
      return (await this.passkeys.remove(account, form('id'))) ? undefined : LAST_PASSKEY;
    });
  }

  @Post('browsers/end')
  endBrowser(@Req() request: Request, @Res() response: Response) {
    return this.wished(request, response, async ({ signedIn: { account }, form }) => {
      await this.database.write((tx) => this.webSessions.end(tx, account.id, form('id')));
      return undefined;
    });
  }

  @Post('browsers/end-all')
  endBrowsers(@Req() request: Request, @Res() response: Response) {
    return this.wished(request, response, async ({ signedIn: { account } }) => {
      await this.database.write((tx) => this.webSessions.endAll(tx, account.id));
      return undefined;
    });
  }

  @Post('delete')
  delete(@Req() request: Request, @Res() response: Response) {
    return this.wished(request, response, async ({ visit, signedIn: { account }, form }) => {
      const deletion = await this.passwords.problemOf(visit, account, form('password'));
      if (deletion) return { problems: { deletion } };
      const isLast = await this.accounts.delete(account.id).then(() => false, ifLastAdmin);
      return isLast ? LAST_ADMIN : undefined;
    });
  }

  /** Does what a form asks for; what did not work is said next to its field, on the page it came from. */
  private async wished(request: Request, response: Response, grant: Grant) {
    const visit = await this.visitors.of(request, response);
    const form = readForm(request, visit);
    const { signedIn } = visit;
    if (!signedIn) return response.redirect(303, '/login');
    const told = await grant({ visit, signedIn, form });
    if (response.headersSent) return;
    if (told) return this.page(response, 400, visit, signedIn, told, form('ticket'));
    response.redirect(303, `/account?did=${request.path.slice('/account/'.length)}`);
  }

  private async page(
    response: Response,
    status: number,
    visit: Visit,
    signedIn: SignedIn,
    told: Told & Pick<AccountShown, 'did'>,
    waiting?: unknown,
  ) {
    const { id } = signedIn.account;
    const { ticket, formTarget } = await this.continuations.of(waiting);
    const shown = {
      ...told,
      visit,
      signedIn,
      ticket,
      accesses: await this.accesses.of(id),
      passkeys: await this.passkeys.of(id),
      browsers: await this.webSessions.of(id),
      passkeyOptions: await this.passkeys.askToAdd(visit, signedIn),
    };
    sendPage(response, status, accountPage(shown), formTarget);
  }
}

const SIGNED_IN_LONG_AGO = {
  problems: { passkey: 'You signed in a while ago. Sign out and in again, then add a passkey.' },
};
const NO_PASSKEY = { problems: { passkey: 'This passkey could not be added. Try again.' } };
const LAST_PASSKEY = {
  problems: { passkey: 'This is your only passkey, and you have a say on this server: add another first.' },
};
const LAST_ADMIN = { problems: { deletion: 'You are the last admin of this server. Make somebody else one first.' } };

/** Pressed twice, or ended elsewhere: gone is what was wished for. */
function unlessGone(error: unknown) {
  if (!(error instanceof DomainError && error.code === 'ACCESS_NOT_FOUND')) throw error;
}

function ifLastAdmin(error: unknown): true {
  if (error instanceof DomainError && error.code === 'LAST_ADMIN') return true;
  throw error;
}
