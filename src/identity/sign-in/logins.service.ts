import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import { Account } from '../accounts/account.entity.js';
import { readAccountName } from '../accounts/account-name.js';
import type { PageVisit } from '../browsers/page-visit.js';
import { WebSessions } from '../browsers/web-sessions.service.js';
import { LoginLimits } from '../passwords/login-limits.js';
import { Passwords } from '../passwords/passwords.service.js';

/** The result of a login. It does not say why a login failed. */
export type Login = 'signed in' | 'wrong' | { readonly waitS: number };

/** Signs in with name and password. */
@Injectable()
export class Logins {
  constructor(
    private readonly database: Database,
    private readonly limits: LoginLimits,
    private readonly passwords: Passwords,
    private readonly webSessions: WebSessions,
  ) {}

  async logIn(visit: PageVisit, name: string, password: string): Promise<Login> {
    const login = readAccountName(name)?.login ?? '';
    const waitS = await this.limits.guess(login, visit.address);
    if (waitS) return { waitS };
    const account = login ? await this.database.read.findOneBy(Account, { loginName: login }) : null;
    const isRight = await this.passwords.check(password, account?.passwordHash ?? null);
    const isIn = isRight && account !== null && (await this.enter(visit, account));
    if (isIn) await this.limits.succeeded(login, visit.address);
    return isIn ? 'signed in' : 'wrong';
  }

  /** Signs in the account. False if it was disabled, or its password changed, while the password was being verified. */
  private enter(visit: PageVisit, { id, passwordHash }: Account): Promise<boolean> {
    return this.database.write(async (tx) => {
      const account = await tx.findOneBy(Account, { id, passwordHash: passwordHash ?? '', disabledAt: IsNull() });
      if (account) await this.webSessions.open(tx, visit, account, null);
      return account !== null;
    });
  }
}
