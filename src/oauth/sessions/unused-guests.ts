import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import type { Account } from '../../identity/accounts/account.entity.js';
import { Guests } from '../../identity/accounts/guests.service.js';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { Session } from './session.entity.js';

const DAY_MS = 24 * 3_600_000;
/** A guest without any call is deleted after this time: a connected assistant calls for its tools immediately. */
const MAX_UNCALLED_MS = DAY_MS;
/** A guest that never joined or created anything is deleted this long after its last call. */
const MAX_IDLE_MS = 7 * DAY_MS;
/** The number of guests deleted in one write, so that other writes are not delayed. */
const MAX_AT_ONCE = 200;

/**
 * Guests of open mode that never joined or created anything. Anyone can create them, so they are deleted after a while
 * with their sessions. Their clients stay, because an app keeps its client id and could not ask for access with an
 * unknown one.
 */
@Injectable()
export class UnusedGuests {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly guests: Guests,
  ) {}

  /** Deletes all unused guests. */
  async purge() {
    let last: Account | undefined;
    do last = await this.database.write((tx) => this.purgeBatch(tx, last));
    while (last);
  }

  /** Processes a batch. Returns the last guest that was checked, if there may be more after it. */
  private async purgeBatch(tx: EntityManager, after: Account | undefined): Promise<Account | undefined> {
    const inactive = await this.guests.inactive(tx, this.clock.now() - MAX_UNCALLED_MS, after, MAX_AT_ONCE);
    const calling = await this.callingAmong(tx, inactive);
    for (const guest of inactive) if (!calling.has(guest.id)) await this.guests.forget(tx, guest);
    return inactive.length === MAX_AT_ONCE ? inactive.at(-1) : undefined;
  }

  /** The guests that have made a call. Opening a session sets its time of use as well, but is not a call. */
  private async callingAmong(tx: EntityManager, guests: readonly Account[]): Promise<Set<string>> {
    const sessions = await tx
      .createQueryBuilder(Session, 's')
      .where({ accountId: In(guests.map(({ id }) => id)) })
      .andWhere('s.usedAt > s.createdAt AND s.usedAt > :idle', { idle: this.clock.now() - MAX_IDLE_MS })
      .getMany();
    return new Set(sessions.map(({ accountId }) => accountId));
  }
}
