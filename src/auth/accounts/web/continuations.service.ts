import { Injectable } from '@nestjs/common';
import { formTargetOf } from '../../oauth/consent-page.js';
import { ConsentsService } from '../../oauth/consents.service.js';

/** Where somebody goes on after signing in. */
export interface Continuation {
  /** Of a request that an app made; empty where somebody came on their own. */
  readonly ticket: string;
  readonly path: string;
  /** Where the forms on the way may lead, for the policy of the page. */
  readonly formTarget: string;
}

const OWN: Continuation = { ticket: '', path: '/account', formTarget: "'self'" };

/** After signing in one goes on with exactly the request one came with, or to one's own page: never to a given address. */
@Injectable()
export class Continuations {
  constructor(private readonly consents: ConsentsService) {}

  async of(ticket: unknown): Promise<Continuation> {
    const request = typeof ticket === 'string' && ticket ? await this.consents.find(ticket) : undefined;
    if (!request) return OWN;
    const path = `/oauth/authorize?ticket=${ticket}`;
    return { ticket: `${ticket}`, path, formTarget: formTargetOf(request.redirectUri) };
  }
}
