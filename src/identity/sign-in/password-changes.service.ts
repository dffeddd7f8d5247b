import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Account } from '../accounts/account.entity.js';
import { Accounts } from '../accounts/accounts.service.js';
import type { PageVisit, SignedIn } from '../browsers/page-visit.js';
import { WebSessions } from '../browsers/web-sessions.service.js';
import { LoginLimits } from '../passwords/login-limits.js';
import { Passwords, weaknessOf } from '../passwords/passwords.service.js';

type Problems = Readonly<Record<string, string>>;

/** Actions of a signed-in user that require the password again. */
@Injectable()
export class PasswordChanges {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly limits: LoginLimits,
    private readonly passwords: Passwords,
    private readonly webSessions: WebSessions,
  ) {}

  /** Changes the password and signs out all other browsers. Returns error messages by field. */
  async change(
    visit: PageVisit,
    { account, session }: SignedIn,
    current: string,
    next: string,
  ): Promise<Problems | undefined> {
    const problem = await this.problemOf(visit, account, current);
    if (problem) return { current: problem };
    const weakness = weaknessOf(next, account.name);
    if (weakness) return { password: weakness };
    const passwordHash = await this.passwords.hash(next);
    const isIn = await this.database.write(async (tx) => {
      if (!(await this.webSessions.isSignedIn(tx, visit, account))) return false;
      await this.accounts.setPassword(tx, account, passwordHash);
      await this.webSessions.endAll(tx, account.id);
      await this.webSessions.open(tx, visit, account, session.passkeyAt);
      return true;
    });
    return isIn ? undefined : { current: 'This browser has been signed out in the meantime.' };
  }

  /**
   * Why the current password is not accepted, as a sentence; undefined if it is correct. Guesses are limited as for a
   * login.
   */
  async problemOf(
    visit: PageVisit,
    { loginName, passwordHash }: Account,
    password: string,
  ): Promise<string | undefined> {
    const login = loginName ?? '';
    const waitS = await this.limits.guess(login, visit.address);
    if (waitS) return `Too many attempts. Wait ${waitS} seconds.`;
    if (!(await this.passwords.check(password, passwordHash))) return 'Wrong password.';
    await this.limits.succeeded(login, visit.address);
    return undefined;
  }
}
