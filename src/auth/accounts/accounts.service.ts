import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import type { AccountRole } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { Database } from '../../platform/database.js';
import { Events } from '../../platform/events.js';
import { SessionsService } from '../sessions.service.js';
import { Account } from './account.entity.js';
import { AccountDeleted } from './account.events.js';
import type { AccountName } from './account-name.js';
import { Passkey } from './passkeys/passkey.entity.js';
import { WebSessions } from './web/web-sessions.service.js';

/** What an admin can change about an account. */
export interface Change {
  readonly role?: AccountRole;
  readonly isDisabled?: boolean;
}

/** The people who sign in here. Guests of open mode are no concern of it. */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly sessions: SessionsService,
    private readonly webSessions: WebSessions,
  ) {}

  named(tx: EntityManager, { login }: AccountName): Promise<Account | null> {
    return tx.findOneBy(Account, { loginName: login });
  }

  /** By name, those after a name if one is given. */
  list(part = '', after = '', limit: number): Promise<Account[]> {
    const all = this.database.read.createQueryBuilder(Account, 'a').where('a.loginName > :after', { after });
    const pattern = `%${part.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    if (part) all.andWhere("a.loginName LIKE :pattern ESCAPE '\\'", { pattern });
    return all.orderBy('a.loginName').take(limit).getMany();
  }

  /** The name must be free. */
  async create(tx: EntityManager, name: AccountName, role: AccountRole, passwordHash: string): Promise<Account> {
    const account = Object.assign(new Account(), {
      id: newId('acc'),
      name: name.shown,
      loginName: name.login,
      role,
      passwordHash,
      disabledAt: null,
      activeAt: this.clock.now(),
      createdAt: this.clock.now(),
    });
    await tx.insert(Account, account);
    return account;
  }

  /** Whoever is signed in with the old one is out. */
  async setPassword(tx: EntityManager, { id }: Account, passwordHash: string) {
    await tx.update(Account, { id }, { passwordHash });
    await this.webSessions.endAll(tx, id);
  }

  /** For who lost everything: a new password, no passkey, and nothing signed in any more. */
  async reset(tx: EntityManager, { login }: AccountName, passwordHash: string): Promise<Account> {
    const account = await tx.findOneByOrFail(Account, { loginName: login });
    const { id: accountId } = account;
    await tx.update(Account, { id: accountId }, { passwordHash });
    await tx.delete(Passkey, { accountId });
    await this.webSessions.endAll(tx, accountId);
    await this.sessions.endAllOf(tx, accountId);
    return account;
  }

  /** What somebody may no longer do ends in the same write. */
  change(accountId: string, { role, isDisabled }: Change): Promise<Account> {
    return this.database.write(async (tx) => {
      const account = await mustExist(tx, accountId);
      const next = role ?? account.role;
      const wasDisabled = account.disabledAt !== null;
      const willBeDisabled = isDisabled ?? wasDisabled;
      if (next !== 'admin' || willBeDisabled) await mustLeaveAnAdmin(tx, account);
      account.role = next;
      if (willBeDisabled !== wasDisabled) account.disabledAt = willBeDisabled ? this.clock.now() : null;
      await tx.save(account);
      await this.sessions.roleChanged(tx, account);
      if (willBeDisabled) {
        await this.webSessions.endAll(tx, accountId);
        await this.sessions.endAllOf(tx, accountId);
      }
      return account;
    });
  }

  /** The account and everything that is only about it are gone. Logs keep what was said: others hold its commitments. */
  delete(accountId: string): Promise<void> {
    return this.database.write(async (tx) => {
      const account = await mustExist(tx, accountId);
      await mustLeaveAnAdmin(tx, account);
      await this.sessions.endAllOf(tx, accountId);
      await this.events.announce(new AccountDeleted(accountId), tx);
      await tx.delete(Account, { id: accountId });
    });
  }
}

async function mustExist(tx: EntityManager, id: string): Promise<Account> {
  const account = await tx.findOneBy(Account, { id });
  if (!account?.loginName) throw new DomainError('ACCOUNT_NOT_FOUND');
  return account;
}

/** A server without an admin could not be given one from inside. */
async function mustLeaveAnAdmin(tx: EntityManager, { role, disabledAt }: Account) {
  if (role !== 'admin' || disabledAt !== null) return;
  const admins = await tx.countBy(Account, { role: 'admin', disabledAt: IsNull() });
  if (admins < 2) throw new DomainError('LAST_ADMIN');
}
