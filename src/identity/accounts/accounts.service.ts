import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { type AccountRole, atLeast, type Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { containing, isLike } from '../../platform/database/like.js';
import { Events } from '../../platform/events.js';
import { Account } from './account.entity.js';
import { AccountDeleted, AccountRestricted, AccountRoleChanged, AccountSignedOut } from './account.events.js';
import type { AccountName } from './account-name.js';

/** The changes that an admin can make to an account. */
export interface AccountChange {
  readonly role?: AccountRole;
  readonly isDisabled?: boolean;
}

/** The accounts of people who sign in here, not the guests of open mode. */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  named(tx: EntityManager, { login }: AccountName): Promise<Account | null> {
    return tx.findOneBy(Account, { loginName: login });
  }

  /** A page of accounts sorted by name, after the name `after`. */
  list(part = '', after = '', limit: number): Promise<Account[]> {
    const all = this.database.read.createQueryBuilder(Account, 'a').where('a.loginName > :after', { after });
    if (part) all.andWhere(isLike('a.loginName', 'pattern'), { pattern: containing(part.toLowerCase()) });
    return all.orderBy('a.loginName').take(limit).getMany();
  }

  /** Creates an account. The name must be free. */
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

  /** The account, or null if it is deleted or disabled. */
  enabled(tx: EntityManager, id: string): Promise<Account | null> {
    return tx.findOneBy(Account, { id, disabledAt: IsNull() });
  }

  /**
   * The account of an existing session, which may be a guest. It always exists, because sessions are deleted with their
   * account.
   */
  byId(tx: EntityManager, id: string): Promise<Account> {
    return tx.findOneByOrFail(Account, { id });
  }

  /** Sets a new password for an account whose password was lost, and signs it out everywhere. */
  async reset(tx: EntityManager, { login }: AccountName, passwordHash: string): Promise<Account> {
    const account = await tx.findOneByOrFail(Account, { loginName: login });
    await this.setPassword(tx, account, passwordHash);
    await this.events.announce(new AccountSignedOut(account.id), tx);
    return account;
  }

  async setPassword(tx: EntityManager, { id }: Account, passwordHash: string) {
    await tx.update(Account, { id }, { passwordHash });
  }

  /**
   * Changes an account and ends, in the same write, the access that it loses. Throws INTERESTED if `by` is playing
   * against it.
   */
  change(accountId: string, { role, isDisabled }: AccountChange, by: Caller): Promise<Account> {
    return this.database.write(async (tx) => {
      const account = await existingAccount(tx, accountId);
      const before = account.role;
      const next = role ?? before;
      const wasDisabled = account.disabledAt !== null;
      const willBeDisabled = isDisabled ?? wasDisabled;
      if (next !== 'admin' || willBeDisabled) await assertAdminRemains(tx, account);
      const isOut = willBeDisabled && !wasDisabled;
      if (by.accountId !== accountId && (isOut || !atLeast(next, before)))
        await this.events.announce(new AccountRestricted(accountId, by, isOut), tx);
      account.role = next;
      if (willBeDisabled !== wasDisabled) account.disabledAt = willBeDisabled ? this.clock.now() : null;
      await tx.save(account);
      if (next !== before) await this.events.announce(new AccountRoleChanged(accountId, next, before), tx);
      if (willBeDisabled) await this.events.announce(new AccountSignedOut(accountId), tx);
      return account;
    });
  }

  /**
   * Deletes an account and everything that concerns only it. Log entries stay, because others hold their commitments.
   * `by`: the admin who deletes another account. Throws INTERESTED if that admin is playing against it.
   */
  delete(accountId: string, by?: Caller): Promise<void> {
    return this.database.write(async (tx) => {
      const account = await existingAccount(tx, accountId);
      await assertAdminRemains(tx, account);
      await this.events.announce(new AccountSignedOut(accountId), tx);
      await this.events.announce(new AccountDeleted(accountId, by?.accountId === accountId ? undefined : by), tx);
      await tx.delete(Account, { id: accountId });
    });
  }
}

async function existingAccount(tx: EntityManager, id: string): Promise<Account> {
  const account = await tx.findOneBy(Account, { id });
  if (!account?.loginName) throw new DomainError('ACCOUNT_NOT_FOUND');
  return account;
}

/** Throws if the change would leave the server without an admin. */
async function assertAdminRemains(tx: EntityManager, { role, disabledAt }: Account) {
  if (role !== 'admin' || disabledAt !== null) return;
  const admins = await tx.countBy(Account, { role: 'admin', disabledAt: IsNull() });
  if (admins < 2) throw new DomainError('LAST_ADMIN');
}
