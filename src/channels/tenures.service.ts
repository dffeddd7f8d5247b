import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Channel } from './channel.entity.js';
import { SeatTenure } from './seat-tenure.entity.js';
import type { Slot } from './slot.entity.js';

/** An account that held a player seat: when it first joined and when it last left (null: it still holds it). */
export type SeatHolding = Pick<SeatTenure, 'slotId' | 'accountId' | 'joinedSeq' | 'leftSeq'>;

/** Records which account held which player seat, and when. Call each method in the write that changes the seat. */
@Injectable()
export class Tenures {
  /** Call it before the join entry is appended. Observers are ignored. */
  async begin(tx: EntityManager, { channelId, slotId, accountId, role }: Slot) {
    if (role !== 'player' || accountId === null) return;
    const joinedSeq = await nextSeq(tx, channelId);
    await tx.insert(SeatTenure, { channelId, slotId, accountId, joinedSeq, leftSeq: null });
  }

  /** Call it before the leave entry is appended. */
  async end(tx: EntityManager, { channelId, slotId }: Slot) {
    const leftSeq = await nextSeq(tx, channelId);
    await tx.update(SeatTenure, { channelId, slotId, leftSeq: IsNull() }, { leftSeq });
  }

  /** Everyone who held a player seat at `seq` or later, oldest first; one row per account and seat. */
  heldSince(tx: EntityManager, channelId: string, seq: number): Promise<SeatHolding[]> {
    return tx
      .createQueryBuilder(SeatTenure, 'tenure')
      .select('tenure.slotId', 'slotId')
      .addSelect('tenure.accountId', 'accountId')
      .addSelect('MIN(tenure.joinedSeq)', 'joinedSeq')
      .addSelect('CASE WHEN COUNT(*) = COUNT(tenure.leftSeq) THEN MAX(tenure.leftSeq) END', 'leftSeq')
      .where('tenure.channelId = :channelId', { channelId })
      .andWhere('(tenure.leftSeq IS NULL OR tenure.leftSeq > :seq)', { seq })
      .groupBy('tenure.accountId')
      .addGroupBy('tenure.slotId')
      .orderBy('MIN(tenure.joinedSeq)')
      .addOrderBy('MIN(tenure.id)')
      .getRawMany<SeatHolding>();
  }
}

async function nextSeq(tx: EntityManager, id: string): Promise<number> {
  const { lastSeq } = await tx.findOneOrFail(Channel, { where: { id }, select: { id: true, lastSeq: true } });
  return lastSeq + 1;
}
