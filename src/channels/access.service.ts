import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Channel } from './channel.entity.js';
import { mustNameSeat, seatIsAmbiguous } from './own-seats.js';
import { ProtocolSeats } from './protocol-seats.service.js';
import { Slot } from './slot.entity.js';

/** What somebody may do in a channel: from which seat they act and look, and whether they made the channel. */
export interface Standing {
  readonly caller: Caller;
  readonly channel: Channel;
  readonly slots: Slot[];
  /** Every seat that the caller's session uses here. */
  readonly ownSeats: Slot[];
  /** The one of them that the call is made from. A view is this seat's view; without one, what everybody may see. */
  readonly seat?: Slot;
  /** The call said so itself. */
  readonly isNamed?: boolean;
  readonly isCreator: boolean;
  readonly isAdmin: boolean;
  /** What acts where it is no member: a bot, `bot:<bot_id>`, or a change that every party agreed to, `chg_…`. */
  readonly by?: string;
  /** Every party of the rounds in play has said yes to exactly this. */
  readonly isAgreed?: boolean;
}

/** Decides who may see and who may act. A channel one may not see and one that does not exist look the same. */
@Injectable()
export class Access {
  constructor(private readonly protocolSeats: ProtocolSeats) {}

  /**
   * The caller in the seat that is named, or that is meant where none is; without a seat who has none. Throws NOT_MEMBER
   * unless they hold that seat, or made the channel, or it is public; and SEAT_AMBIGUOUS where nothing says which is meant.
   */
  async standing(tx: EntityManager, channelId: string, caller: Caller, named?: string | null): Promise<Standing> {
    const standing = await this.outline(tx, channelId, caller, named);
    if (mustNameSeat(standing)) throw seatIsAmbiguous(standing.ownSeats);
    return standing;
  }

  /** As `standing`, for what is the same from each of the caller's seats: without one where it is not clear which is meant. */
  async outline(tx: EntityManager, channelId: string, caller: Caller, named?: string | null): Promise<Standing> {
    const pick = (own: Slot[]) =>
      named ? own.find(({ slotId }) => slotId === named) : this.protocolSeats.choose(tx, own, caller);
    const standing = await this.look(tx, channelId, caller, pick, Boolean(named));
    if (named && !standing.seat) throw new DomainError('NOT_MEMBER');
    return { ...standing, isNamed: Boolean(named) };
  }

  /**
   * The same as things are now, for who goes on looking: from the seat that their protocol session has joined meanwhile, unless
   * they named another; else from the same seat; or from none if that was lost and the channel may be seen without.
   */
  async again(tx: EntityManager, { channel, caller, seat, isNamed = false }: Standing): Promise<Standing> {
    const pick = async (own: Slot[]) => {
      if (!seat) return this.protocolSeats.choose(tx, own, caller);
      const joined = isNamed ? undefined : await this.protocolSeats.joined(tx, own, caller);
      return joined ?? own.find(({ slotId }) => slotId === seat.slotId);
    };
    return { ...(await this.look(tx, channel.id, caller, pick, seat !== undefined)), isNamed };
  }

  /** As `standing`, for what is done from a seat. */
  async seat(tx: EntityManager, channelId: string, caller: Caller, named?: string | null) {
    const { seat, ...standing } = await this.standing(tx, channelId, caller, named);
    if (!seat) throw new DomainError('NOT_MEMBER');
    return { ...standing, seat };
  }

  /** Who made the channel administers it without a seat; everyone else from one that is admin. Throws NOT_ADMIN. */
  async admin(tx: EntityManager, channelId: string, caller: Caller, named?: string | null): Promise<Standing> {
    const standing = await this.outline(tx, channelId, caller, named);
    const { seat, ownSeats, isAdmin } = standing;
    if (isAdmin) return standing;
    if (!seat && ownSeats.some(({ admin }) => admin)) throw seatIsAmbiguous(ownSeats);
    throw new DomainError('NOT_ADMIN');
  }

  private async look(
    tx: EntityManager,
    channelId: string,
    caller: Caller,
    pick: (own: Slot[]) => Slot | undefined | Promise<Slot | undefined>,
    needsSeat: boolean,
  ): Promise<Standing> {
    const channel = await tx.findOneBy(Channel, { id: channelId });
    const slots = channel ? await slotsOf(tx, channelId) : [];
    const ownSeats = slots.filter((slot) => slot.isHeldBy(caller));
    const isCreator = channel?.creatorId === caller.accountId;
    const seat = await pick(ownSeats);
    const isMember = needsSeat ? seat !== undefined : ownSeats.length > 0;
    const isGone = !channel || channel.retiredAt !== null;
    if (isGone || !(isMember || isCreator || channel.visibility === 'public')) throw new DomainError('NOT_MEMBER');
    return { caller, channel, slots, ownSeats, seat, isCreator, isAdmin: isCreator || seat?.admin === true };
  }
}

export const slotsOf = (tx: EntityManager, channelId: string) =>
  tx.find(Slot, { where: { channelId }, order: { position: 'ASC' } });
