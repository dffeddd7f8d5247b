import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../identity/browsers/page-visit.js';
import { WebSessions } from '../../identity/browsers/web-sessions.service.js';
import { Database } from '../../platform/database/database.js';
import type { OauthClient } from '../clients/oauth-client.entity.js';
import type { AuthorizationRequest } from '../consent/authorization-request.js';
import { AuthorizationServer } from '../grants/authorization-server.js';
import { OauthError } from '../protocol/oauth-error.js';

export const SIGNED_OUT = 'You are no longer signed in in this browser.';

/** Creates authorization codes for approved requests. */
@Injectable()
export class Approvals {
  constructor(
    private readonly database: Database,
    private readonly webSessions: WebSessions,
    private readonly server: AuthorizationServer,
  ) {}

  /**
   * In open mode nobody approves, and the code is for a new guest. Throws if the user who approved is no longer signed
   * in.
   */
  codeFor(request: AuthorizationRequest, client: OauthClient, by: SignedIn | null): Promise<string> {
    return this.database.write(async (tx) => {
      // A reset or an admin may have signed the user out since the page was shown.
      if (by && !(await this.webSessions.isSignedIn(tx, by.session, by.account))) {
        throw new OauthError('access_denied', SIGNED_OUT);
      }
      return this.server.issueCode(request, client, by?.account.id ?? null);
    });
  }
}
