import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Database } from '../../platform/database.js';
import { Account } from './account.entity.js';
import { readAccountName } from './account-name.js';
import { LoginLimits } from './passwords/login-limits.js';
import { Passwords } from './passwords/passwords.service.js';
import type { Visit } from './web/visit.js';
import { WebSessions } from './web/web-sessions.service.js';

/** How a login ended. Why it failed is nobody's business. */
export type Login = 'signed in' | 'wrong' | { readonly waitS: number };

/** Signing in with name and password. */
@Injectable()
export class Logins {
  constructor(
    private readonly database: Database,
    private readonly limits: LoginLimits,
    private readonly passwords: Passwords,
    private readonly webSessions: WebSessions,
  ) {}

  async logIn(visit: Visit, name: string, password: string): Promise<Login> {
    const login = readAccountName(name)?.login ?? '';
    const waitS = await this.limits.guess(login, visit.address);
    if (waitS) return { waitS };
    const account = login ? await this.database.read.findOneBy(Account, { loginName: login }) : null;
    const isRight = await this.passwords.check(password, account?.passwordHash ?? null);
    const isIn = isRight && account !== null && (await this.enter(visit, account));
    if (isIn) await this.limits.succeeded(login, visit.address);
    return isIn ? 'signed in' : 'wrong';
  }

  /** False where the account was disabled, or its password changed, while this one was looked at. */
  private enter(visit: Visit, { id, passwordHash }: Account): Promise<boolean> {
    return this.database.write(async (tx) => {
      const account = await tx.findOneBy(Account, { id, passwordHash: passwordHash ?? '', disabledAt: IsNull() });
      if (account) await this.webSessions.open(tx, visit, account, null);
      return account !== null;
    });
  }
}
