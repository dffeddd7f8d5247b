import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database.js';
import { Account } from './account.entity.js';
import { Accounts } from './accounts.service.js';
import { LoginLimits } from './passwords/login-limits.js';
import { Passwords, weaknessOf } from './passwords/passwords.service.js';
import type { SignedIn, Visit } from './web/visit.js';
import { WebSessions } from './web/web-sessions.service.js';

type Problems = Readonly<Record<string, string>>;

/** What only the password allows to somebody who is signed in already. */
@Injectable()
export class PasswordChanges {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly limits: LoginLimits,
    private readonly passwords: Passwords,
    private readonly webSessions: WebSessions,
  ) {}

  /** Signs out every other browser; this one goes on with a new secret. Answers with what will not do, by field. */
  async change(
    visit: Visit,
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
      if (!(await this.webSessions.stands(tx, visit, account))) return false;
      await this.accounts.setPassword(tx, account, passwordHash);
      await this.webSessions.open(tx, visit, account, session.passkeyAt);
      return true;
    });
    return isIn ? undefined : { current: 'This browser was signed out meanwhile.' };
  }

  /** Why this is not the password of the account, in a sentence; undefined where it is. Guesses count as those at signing in. */
  async problemOf(visit: Visit, { loginName, passwordHash }: Account, password: string): Promise<string | undefined> {
    const login = loginName ?? '';
    const waitS = await this.limits.guess(login, visit.address);
    if (waitS) return `Too many tries. Wait ${waitS} seconds.`;
    if (!(await this.passwords.check(password, passwordHash))) return 'This is not your password.';
    await this.limits.succeeded(login, visit.address);
    return undefined;
  }
}
