import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { Database } from '../platform/database.js';
import { Events } from '../platform/events.js';
import { Account } from './accounts/account.entity.js';
import { AccountActed, AccountDeleted } from './accounts/account.events.js';
import { Session } from './session.entity.js';
import { SessionsService } from './sessions.service.js';

const DAY_MS = 24 * 3_600_000;
/** A guest that never called goes after so long: an assistant that was connected asks for its tools at once. */
const MAX_UNCALLED_MS = DAY_MS;
/** A guest that called, and never joined or made anything, goes when it has not called for so long. */
const MAX_IDLE_MS = 7 * DAY_MS;
/** In one write, so that nobody waits long for theirs. */
const MAX_AT_ONCE = 200;

/**
 * Guests of open mode who never joined or made anything. Becoming one needs nothing, so they go after a while, with their
 * sessions. Their clients stay: an app keeps the id it was given, and with an id nobody knows it cannot even ask again.
 */
@Injectable()
export class UnusedGuests {
  constructor(
    private readonly events: Events,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly sessions: SessionsService,
  ) {
    events.on(AccountActed, async ({ accountId: id }, tx) => {
      await tx.update(Account, { id, activeAt: IsNull() }, { activeAt: clock.now() });
    });
  }

  /** Forgets all that are due. */
  async purge() {
    while ((await this.database.write((tx) => this.forgetSome(tx))) === MAX_AT_ONCE);
  }

  /** How many went. */
  private async forgetSome(tx: EntityManager): Promise<number> {
    const now = this.clock.now();
    const due = await tx
      .createQueryBuilder(Account, 'a')
      .where('a.activeAt IS NULL AND a.role = :role', { role: 'guest', idle: now - MAX_IDLE_MS })
      .andWhere('a.createdAt < :uncalled', { uncalled: now - MAX_UNCALLED_MS })
      .andWhere((query) => {
        const called = query.subQuery().select('1').from(Session, 's');
        called.where('s.accountId = a.id AND s.usedAt > s.createdAt AND s.usedAt > :idle');
        return `NOT EXISTS ${called.getQuery()}`;
      })
      .orderBy('a.createdAt')
      .take(MAX_AT_ONCE)
      .getMany();
    for (const { id } of due) await this.forget(tx, id);
    return due.length;
  }

  private async forget(tx: EntityManager, accountId: string) {
    await this.sessions.endAllOf(tx, accountId);
    await this.events.announce(new AccountDeleted(accountId), tx);
    await tx.delete(Account, { id: accountId });
  }
}
