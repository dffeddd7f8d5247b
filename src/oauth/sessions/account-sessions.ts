import { Injectable } from '@nestjs/common';
import { AccountRoleChanged, AccountSignedOut } from '../../identity/accounts/account.events.js';
import { Events } from '../../platform/events.js';
import { Sessions } from './sessions.service.js';

/** Updates the sessions of an account when the account changes, in the same write. */
@Injectable()
export class AccountSessions {
  constructor(events: Events, sessions: Sessions) {
    events.on(AccountSignedOut, ({ accountId }, tx) => sessions.endAllOf(tx, accountId));
    events.on(AccountRoleChanged, ({ accountId, role, before }, tx) =>
      sessions.roleChanged(tx, accountId, role, before),
    );
  }
}
