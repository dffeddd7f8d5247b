import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type Form, readBrowserForm } from '../identity/browsers/form.js';
import type { FormResult } from '../identity/browsers/form-result.js';
import type { PageVisit, SignedIn } from '../identity/browsers/page-visit.js';
import { Visitors } from '../identity/browsers/visitors.service.js';
import { WebSessions } from '../identity/browsers/web-sessions.service.js';
import { Passkeys } from '../identity/sign-in/passkeys.service.js';
import { AccountAccesses } from '../oauth/access/account-accesses.service.js';
import { sendPage } from '../platform/pages/page.js';
import { type AccountShown, accountPage } from './account-page.js';
import { Continuations } from './continuations.service.js';

/** A form of the account page, and who sent it. */
export interface FormSubmission {
  readonly visit: PageVisit;
  readonly signedIn: SignedIn;
  readonly form: Form;
}

/** Carries out a form. Returns the problems, or a result that the page has to show. */
type FormHandler = (submission: FormSubmission) => Promise<FormResult | undefined>;

/** Additional content of the page: the form that was just carried out, or the result of one. */
type Addition = FormResult & Pick<AccountShown, 'did'>;

/** The account page, as the answer to a visit and to each of its forms. */
@Injectable()
export class AccountPages {
  constructor(
    private readonly visitors: Visitors,
    private readonly accesses: AccountAccesses,
    private readonly passkeys: Passkeys,
    private readonly webSessions: WebSessions,
    private readonly continuations: Continuations,
  ) {}

  async visit(request: Request, response: Response) {
    const visit = await this.visitors.of(request, response);
    const { signedIn } = visit;
    if (!signedIn) return response.redirect(303, visit.awaitingPasskey ? '/login/passkey' : '/login');
    const { ticket, did } = request.query;
    return this.show(response, 200, { visit, signedIn }, { did: `${did ?? ''}` }, ticket);
  }

  /** Carries out a form. Problems are shown next to their fields, on the page that contains the form. */
  async submit(request: Request, response: Response, handler: FormHandler) {
    const visit = await this.visitors.of(request, response);
    const form = readBrowserForm(request, visit);
    const { signedIn } = visit;
    if (!signedIn) return response.redirect(303, '/login');
    const result = await handler({ visit, signedIn, form });
    if (response.headersSent) return;
    if (result) return this.show(response, 400, { visit, signedIn }, result, form('ticket'));
    response.redirect(303, `/account?did=${request.path.slice('/account/'.length)}`);
  }

  async show(
    response: Response,
    status: number,
    { visit, signedIn }: Pick<FormSubmission, 'visit' | 'signedIn'>,
    addition: Addition,
    waiting?: unknown,
  ) {
    const { id } = signedIn.account;
    const { ticket, formTarget } = await this.continuations.of(waiting);
    const shown = {
      ...addition,
      visit,
      signedIn,
      ticket,
      accesses: await this.accesses.of(id),
      passkeys: await this.passkeys.of(id),
      browsers: await this.webSessions.of(signedIn.account),
      passkeyOptions: await this.passkeys.askToAdd(visit, signedIn),
    };
    sendPage(response, status, accountPage(shown), formTarget);
  }
}
