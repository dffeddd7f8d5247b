import { Injectable } from '@nestjs/common';
import { type EntityManager, LessThanOrEqual } from 'typeorm';
import { isoTime } from '../kernel/clock.js';
import { slotsOf } from './access.service.js';
import { Channel } from './channel.entity.js';
import { Invite } from './invite.entity.js';
import { ProtocolSeat } from './protocol-seat.entity.js';
import { SeatTenure } from './seat-tenure.entity.js';
import { Slot } from './slot.entity.js';
import { Storage } from './storage/storage.service.js';

/** A closed channel that is to go. */
export interface DueChannel {
  readonly id: string;
  readonly lastSeq: number;
  /** Its file is safe, and what is left of it is not the whole any more. */
  readonly isMarked: boolean;
}

/** Closed channels on their way out of the database. */
@Injectable()
export class RetiredChannels {
  constructor(private readonly storage: Storage) {}

  /** The one that was closed first, and not after the given time in milliseconds. */
  async due(tx: EntityManager, closedBy: number): Promise<DueChannel | undefined> {
    const where = { closedAt: LessThanOrEqual(closedBy) };
    const channel = await tx.findOne(Channel, { where, order: { closedAt: 'ASC' } });
    return channel ? { id: channel.id, lastSeq: channel.lastSeq, isMarked: channel.retiredAt !== null } : undefined;
  }

  /** The channel and its slots, as lines of its file. */
  async lines(tx: EntityManager, channelId: string): Promise<object[]> {
    const channel = await tx.findOneByOrFail(Channel, { id: channelId });
    const { id, name, visibility, mode, creatorId, createdAt, closedAt, lastSeq } = channel;
    const times = { created_at: isoTime(createdAt), closed_at: isoTime(closedAt ?? 0) };
    const head = { type: 'channel', id, name, visibility, mode, creator_id: creatorId, ...times, entries: lastSeq };
    const slots = (await slotsOf(tx, id)).map(({ slotId, kind, label, accountId, memberName }) => ({
      type: 'slot',
      slot_id: slotId,
      kind,
      label,
      account_id: accountId,
      name: memberName,
    }));
    return [head, ...slots];
  }

  /** From here on the channel is nobody's. Throws where something was added to its log since it was looked at. */
  async mark(tx: EntityManager, { id, lastSeq }: DueChannel, at: number) {
    const { affected } = await tx.update(Channel, { id, lastSeq }, { retiredAt: at });
    if (!affected) throw new Error('a closed channel changed while it was retired');
    await tx.delete(Invite, { channelId: id });
    for (const table of [Slot, SeatTenure, ProtocolSeat]) await tx.delete(table, { channelId: id });
  }

  /** The last of it. Whoever had something stored there has the room back. */
  async remove(tx: EntityManager, channelId: string) {
    await this.storage.giveBack(tx, channelId);
    await tx.delete(Channel, { id: channelId });
  }
}
