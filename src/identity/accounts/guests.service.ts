import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { Events } from '../../platform/events.js';
import { Account } from './account.entity.js';
import { AccountActed, AccountDeleted, AccountSignedOut } from './account.events.js';
import { guestName } from './guest-name.js';

/** The guest accounts of open mode; nobody can sign in to them. */
@Injectable()
export class Guests {
  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
  ) {
    events.on(AccountActed, async ({ accountId: id }, tx) => {
      await tx.update(Account, { id, activeAt: IsNull() }, { activeAt: clock.now() });
    });
  }

  async create(tx: EntityManager, clientName: string): Promise<Account> {
    const account = Object.assign(new Account(), {
      id: newId('acc'),
      name: guestName(clientName),
      role: 'guest' as const,
      activeAt: null,
      createdAt: this.clock.now(),
    });
    await tx.insert(Account, account);
    return account;
  }

  /**
   * A page of guests created before a time who never joined or made anything, oldest first, after the guest `after`.
   */
  inactive(tx: EntityManager, before: number, after: Account | undefined, limit: number): Promise<Account[]> {
    const found = tx
      .createQueryBuilder(Account, 'a')
      .where('a.activeAt IS NULL AND a.role = :role AND a.createdAt < :before', { role: 'guest', before });
    if (after) {
      const { id, createdAt } = after;
      found.andWhere('(a.createdAt > :createdAt OR (a.createdAt = :createdAt AND a.id > :id))', { createdAt, id });
    }
    return found.orderBy('a.createdAt').addOrderBy('a.id').take(limit).getMany();
  }

  async forget(tx: EntityManager, { id }: Account) {
    await this.events.announce(new AccountSignedOut(id), tx);
    await this.events.announce(new AccountDeleted(id), tx);
    await tx.delete(Account, { id });
  }
}
