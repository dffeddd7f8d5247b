import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { atLeast } from '../../kernel/caller.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import type { Account } from '../accounts/account.entity.js';
import { type AccountName, isReserved, readAccountName } from '../accounts/account-name.js';
import { Accounts } from '../accounts/accounts.service.js';
import type { PageVisit } from '../browsers/page-visit.js';
import { WebSessions } from '../browsers/web-sessions.service.js';
import { AccountInvites } from '../invites/account-invites.service.js';
import { Passkey } from '../passkeys/passkey.entity.js';
import { NewPasswords } from './new-passwords.js';

export interface SignUpSubmission {
  readonly code: string;
  readonly name: string;
  readonly password: string;
}

/** Error messages by field. */
export type FieldProblems = Partial<Record<keyof SignUpSubmission, string>>;

/** Creates an account, with or without an invite code, or resets a password with a code of the operator. */
@Injectable()
export class SignUps {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly invites: AccountInvites,
    private readonly passwords: NewPasswords,
    private readonly webSessions: WebSessions,
  ) {}

  get needsCode(): boolean {
    return this.config.signUp !== 'open';
  }

  get isClosed(): boolean {
    return this.config.signUp === 'closed';
  }

  /** Creates the account and signs the browser in. If there are problems, it returns them and changes nothing. */
  async signUp(
    visit: PageVisit,
    { code, name: given, password }: SignUpSubmission,
  ): Promise<FieldProblems | undefined> {
    const invite = code ? await this.invites.find(code) : undefined;
    if (!invite && (code || this.needsCode)) return { code: BAD_CODE };
    const name = readAccountName(invite?.name ?? given);
    if (!name) return { name: 'A name must have 2 to 24 letters, digits, spaces, _ or -.' };
    const isReset = invite?.purpose === 'reset';
    if (!isReset && isReserved(name, atLeast(invite?.role ?? 'member', 'moderator'))) return { name: TAKEN };
    const misfit = await this.misfitOf(this.database.read, name, isReset);
    if (misfit) return misfit;
    const hashOrProblem = await this.passwords.hash(password, name.shown, visit.address);
    if ('problem' in hashOrProblem) return { password: hashOrProblem.problem };
    return this.database.write(async (tx) => {
      const late = await this.misfitOf(tx, name, isReset);
      if (late) return late;
      if (invite && !(await this.invites.claim(tx, invite))) return { code: BAD_CODE };
      const account = isReset
        ? await this.reset(tx, name, hashOrProblem.hash)
        : await this.accounts.create(tx, name, invite?.role ?? 'member', hashOrProblem.hash);
      await this.webSessions.open(tx, visit, account, null);
      return undefined;
    });
  }

  /**
   * Resets an account whose owner lost access: sets the password, deletes the passkeys, and signs it out everywhere.
   */
  private async reset(tx: EntityManager, name: AccountName, passwordHash: string): Promise<Account> {
    const account = await this.accounts.reset(tx, name, passwordHash);
    await tx.delete(Passkey, { accountId: account.id });
    return account;
  }

  /** A new account needs a free name; a reset needs the name of an existing account. */
  private async misfitOf(tx: EntityManager, name: AccountName, isReset: boolean): Promise<FieldProblems | undefined> {
    const isThere = (await this.accounts.named(tx, name)) !== null;
    if (isThere === isReset) return undefined;
    return { name: isReset ? GONE : TAKEN };
  }
}

const BAD_CODE = 'This code is unknown, used or expired. Ask an admin of this server for a new one.';
const TAKEN = 'This name is already taken.';
const GONE = 'This account no longer exists.';
