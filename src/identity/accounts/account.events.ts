import type { AccountRole, Caller } from '../../kernel/caller.js';

/**
 * Announced in the write that deletes an account: listeners delete what they store about it. `by`: the admin who did
 * it; undefined if the account itself or the purge did.
 */
export class AccountDeleted {
  constructor(
    readonly accountId: string,
    readonly by?: Caller,
  ) {}
}

/**
 * Announced in the write in which an admin restricts another account, before the restriction takes effect. A listener
 * throws if this admin must not decide it. `isOut`: the account loses all access.
 */
export class AccountRestricted {
  constructor(
    readonly accountId: string,
    readonly by: Caller,
    readonly isOut: boolean,
  ) {}
}

/**
 * Announced in the write in which an account takes a seat or creates a channel, so that it no longer counts as unused.
 */
export class AccountActed {
  constructor(readonly accountId: string) {}
}

/**
 * Announced in the write that signs an account out everywhere: listeners end the access of everything that acts for it.
 */
export class AccountSignedOut {
  constructor(readonly accountId: string) {}
}

/**
 * Announced in the write that changes the role of an account: existing grants may allow more than the new role does.
 */
export class AccountRoleChanged {
  constructor(
    readonly accountId: string,
    readonly role: AccountRole,
    readonly before: AccountRole,
  ) {}
}
