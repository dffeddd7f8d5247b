import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Channel } from './channel.entity.js';
import { Slot } from './slot.entity.js';

/** What somebody may do in a channel: which seats are theirs to use, and whether they made the channel. */
export interface Standing {
  readonly caller: Caller;
  readonly channel: Channel;
  readonly slots: Slot[];
  /** Seats of this very session. */
  readonly seats: Slot[];
  readonly isCreator: boolean;
  readonly isAdmin: boolean;
  /** The bot that acts, `bot:<bot_id>`, where it is one. */
  readonly by?: string;
}

/** Decides who may see and who may act. A channel one may not see and one that does not exist look the same. */
@Injectable()
export class Access {
  /** Throws NOT_MEMBER unless the caller has a seat, made the channel, or the channel is public. */
  async standing(tx: EntityManager, channelId: string, caller: Caller): Promise<Standing> {
    const channel = await tx.findOneBy(Channel, { id: channelId });
    const slots = channel ? await slotsOf(tx, channelId) : [];
    const seats = slots.filter((slot) => slot.isHeldBy(caller));
    const isCreator = channel?.creatorId === caller.accountId;
    const isGone = !channel || channel.retiredAt !== null;
    if (isGone || !(seats.length || isCreator || channel.visibility === 'public')) throw new DomainError('NOT_MEMBER');
    return { caller, channel, slots, seats, isCreator, isAdmin: isCreator || seats.some(({ admin }) => admin) };
  }

  /** The seat the caller acts from: the only one, or the one named. */
  async seat(tx: EntityManager, channelId: string, caller: Caller, named?: string | null) {
    const standing = await this.standing(tx, channelId, caller);
    const seats = named ? standing.seats.filter(({ slotId }) => slotId === named) : standing.seats;
    if (seats.length > 1) throw new DomainError('SEAT_AMBIGUOUS', undefined, { seats: seats.map((s) => s.slotId) });
    const [seat] = seats;
    if (!seat) throw new DomainError('NOT_MEMBER');
    return { ...standing, seat };
  }

  async admin(tx: EntityManager, channelId: string, caller: Caller): Promise<Standing> {
    const standing = await this.standing(tx, channelId, caller);
    if (!standing.isAdmin) throw new DomainError('NOT_ADMIN');
    return standing;
  }
}

export const slotsOf = (tx: EntityManager, channelId: string) =>
  tx.find(Slot, { where: { channelId }, order: { position: 'ASC' } });
