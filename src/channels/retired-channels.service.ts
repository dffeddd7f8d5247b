import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isoTime } from '../kernel/clock.js';
import { Channel } from './channel.entity.js';
import { slotsOf } from './channel-access.service.js';
import { Invite } from './invite.entity.js';
import { ProtocolSeat } from './protocol-seat.entity.js';
import { SeatTenure } from './seat-tenure.entity.js';
import { Slot } from './slot.entity.js';
import { Storage } from './storage/storage.service.js';

/** A closed channel to be deleted. */
export interface DueChannel {
  readonly id: string;
  readonly closedAt: number;
  readonly lastSeq: number;
  /** Its export is complete, and part of its data may already be deleted. */
  readonly isMarked: boolean;
}

const BEFORE_ALL: Pick<DueChannel, 'id' | 'closedAt'> = { id: '', closedAt: Number.MIN_SAFE_INTEGER };

/** Finds, exports and deletes closed channels. */
@Injectable()
export class RetiredChannels {
  constructor(private readonly storage: Storage) {}

  /**
   * The channel that was closed first, at or before `closedBy` (milliseconds since the epoch), and after the channel
   * `after`.
   */
  async due(tx: EntityManager, closedBy: number, after = BEFORE_ALL): Promise<DueChannel | undefined> {
    const channel = await tx
      .createQueryBuilder(Channel, 'channel')
      .where('channel.closedAt <= :closedBy', { closedBy })
      .andWhere('(channel.closedAt > :at OR (channel.closedAt = :at AND channel.id > :id))', {
        at: after.closedAt,
        id: after.id,
      })
      .orderBy({ 'channel.closedAt': 'ASC', 'channel.id': 'ASC' })
      .getOne();
    return channel?.closedAt != null
      ? {
          id: channel.id,
          closedAt: channel.closedAt,
          lastSeq: channel.lastSeq,
          isMarked: channel.retiredAt !== null,
        }
      : undefined;
  }

  /** The channel and its slots, as lines of its export. */
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

  /** Marks the channel as exported; nobody can reach it any more. Throws if its log has grown since the export. */
  async mark(tx: EntityManager, { id, lastSeq }: DueChannel, at: number) {
    const { affected } = await tx.update(Channel, { id, lastSeq }, { retiredAt: at });
    if (!affected) throw new Error('a closed channel changed while it was retired');
    await tx.delete(Invite, { channelId: id });
    for (const table of [Slot, SeatTenure, ProtocolSeat]) await tx.delete(table, { channelId: id });
  }

  /** Deletes the rest of a channel and releases its storage. */
  async remove(tx: EntityManager, channelId: string) {
    await this.storage.release(tx, channelId);
    await tx.delete(Channel, { id: channelId });
  }
}
