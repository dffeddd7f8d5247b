import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { atLeast } from '../../kernel/caller.js';
import { Config } from '../../platform/config.js';
import { Database } from '../../platform/database.js';
import { type AccountName, isReserved, readAccountName } from './account-name.js';
import { Accounts } from './accounts.service.js';
import { AccountInvites } from './invites/account-invites.service.js';
import { LoginLimits } from './passwords/login-limits.js';
import { Passwords, weaknessOf } from './passwords/passwords.service.js';
import type { Visit } from './web/visit.js';
import { WebSessions } from './web/web-sessions.service.js';

export interface Wish {
  readonly code: string;
  readonly name: string;
  readonly password: string;
}

/** What of a wish will not do, by field. */
export type Problems = Partial<Record<keyof Wish, string>>;

/** Making an account, with a code or without; or setting the password of one anew, with a code of the operator. */
@Injectable()
export class SignUps {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly invites: AccountInvites,
    private readonly limits: LoginLimits,
    private readonly passwords: Passwords,
    private readonly webSessions: WebSessions,
  ) {}

  get needsCode(): boolean {
    return this.config.signUp !== 'open';
  }

  get isClosed(): boolean {
    return this.config.signUp === 'closed';
  }

  /** Signs in whom it made an account for; nothing is kept of a wish with problems. */
  async signUp(visit: Visit, { code, name: given, password }: Wish): Promise<Problems | undefined> {
    const invite = code ? await this.invites.find(code) : undefined;
    if (!invite && (code || this.needsCode)) return { code: BAD_CODE };
    const name = readAccountName(invite?.name ?? given);
    if (!name) return { name: 'A name has 2 to 24 letters, digits, spaces, _ or -.' };
    const isReset = invite?.purpose === 'reset';
    if (!isReset && isReserved(name, atLeast(invite?.role ?? 'member', 'moderator'))) return { name: TAKEN };
    const misfit = await this.misfitOf(this.database.read, name, isReset);
    if (misfit) return misfit;
    const weakness = weaknessOf(password, name.shown);
    if (weakness) return { password: weakness };
    const waitS = await this.limits.signUp(visit.address);
    if (waitS) return { password: `Too many tries from here. Wait ${waitS} seconds.` };
    const passwordHash = await this.passwords.hash(password);
    return this.database.write(async (tx) => {
      const late = await this.misfitOf(tx, name, isReset);
      if (late) return late;
      if (invite && !(await this.invites.claim(tx, invite))) return { code: BAD_CODE };
      const account = isReset
        ? await this.accounts.reset(tx, name, passwordHash)
        : await this.accounts.create(tx, name, invite?.role ?? 'member', passwordHash);
      await this.webSessions.open(tx, visit, account, null);
      return undefined;
    });
  }

  /** A new account needs a free name, and setting a password anew one that is there. */
  private async misfitOf(tx: EntityManager, name: AccountName, isReset: boolean): Promise<Problems | undefined> {
    const isThere = (await this.accounts.named(tx, name)) !== null;
    if (isThere === isReset) return undefined;
    return { name: isReset ? GONE : TAKEN };
  }
}

const BAD_CODE = 'This code is unknown, used or too old. Ask an admin of this server for a new one.';
const TAKEN = 'This name is taken.';
const GONE = 'There is no such account any more.';
