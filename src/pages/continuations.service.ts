import { Injectable } from '@nestjs/common';
import { formTargetOf } from '../oauth/consent/consent-page.js';
import { Consents } from '../oauth/consent/consents.service.js';

/** The page to which a user goes after signing in. */
export interface Continuation {
  /** The ticket of an app's authorization request; empty if there is none. */
  readonly ticket: string;
  readonly path: string;
  /** The CSP form-action for the forms in between. */
  readonly formTarget: string;
}

const OWN: Continuation = { ticket: '', path: '/account', formTarget: "'self'" };

/**
 * After signing in, a user continues with a stored authorization request or goes to the account page, never to a URL
 * from the request (no open redirect).
 */
@Injectable()
export class Continuations {
  constructor(private readonly consents: Consents) {}

  async of(ticket: unknown): Promise<Continuation> {
    const request = typeof ticket === 'string' && ticket ? await this.consents.find(ticket) : undefined;
    if (!request) return OWN;
    const path = `/oauth/authorize?ticket=${ticket}`;
    return { ticket: `${ticket}`, path, formTarget: formTargetOf(request.redirectUri) };
  }
}
