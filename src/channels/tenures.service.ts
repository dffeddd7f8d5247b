import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Channel } from './channel.entity.js';
import { SeatTenure } from './seat-tenure.entity.js';
import type { Slot } from './slot.entity.js';

/** Which account held which player seat, and when. Each method is called in the write that seats or unseats. */
@Injectable()
export class Tenures {
  /** Called before the entry that tells of it is appended. An observer holds no player seat. */
  async begin(tx: EntityManager, { channelId, slotId, accountId, role }: Slot) {
    if (role !== 'player' || accountId === null) return;
    const joinedSeq = await nextSeq(tx, channelId);
    await tx.insert(SeatTenure, { channelId, slotId, accountId, joinedSeq, leftSeq: null });
  }

  /** Called before the entry that tells of it is appended. */
  async end(tx: EntityManager, { channelId, slotId }: Slot) {
    const leftSeq = await nextSeq(tx, channelId);
    await tx.update(SeatTenure, { channelId, slotId, leftSeq: IsNull() }, { leftSeq });
  }

  /** Everyone who held a player seat at `seq` or later, oldest first. */
  async heldSince(tx: EntityManager, channelId: string, seq: number): Promise<SeatTenure[]> {
    const query = tx
      .createQueryBuilder(SeatTenure, 'tenure')
      .where('tenure.channelId = :channelId', { channelId })
      .andWhere('(tenure.leftSeq IS NULL OR tenure.leftSeq > :seq)', { seq })
      .orderBy('tenure.joinedSeq')
      .addOrderBy('tenure.id');
    return query.getMany();
  }
}

async function nextSeq(tx: EntityManager, id: string): Promise<number> {
  const { lastSeq } = await tx.findOneOrFail(Channel, { where: { id }, select: { id: true, lastSeq: true } });
  return lastSeq + 1;
}
