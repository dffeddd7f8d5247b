import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import type { Channel } from './channel.entity.js';
import { CHANNEL, SLOTS } from './channel-statements.js';
import { needsSeatName, seatIsAmbiguous } from './own-seats.js';
import { ProtocolSeats } from './protocol-seats.service.js';
import type { Slot } from './slot.entity.js';

/** The rights of a caller in a channel: the seat they use, and whether they created the channel. */
export interface ChannelStanding {
  readonly caller: Caller;
  readonly channel: Channel;
  readonly slots: Slot[];
  /** All seats that the caller's session uses here. */
  readonly ownSeats: Slot[];
  /** The seat that the call uses; reads show what this seat may see. Without a seat: what everyone may see. */
  readonly seat?: Slot;
  /** The call named the seat. */
  readonly isNamed?: boolean;
  readonly isCreator: boolean;
  readonly isAdmin: boolean;
  /** Set if the actor is not a member: a bot, `bot:<bot_id>`, or a change that all parties approved, `chg_…`. */
  readonly by?: string;
  /** Every party of the rounds in play has approved exactly this change. */
  readonly isAgreed?: boolean;
}

/** A channel with its slots; null if there is none. */
export interface ChannelNow {
  readonly channel: Channel | null;
  readonly slots: Slot[];
}

/** Decides who may see a channel and who may act in it. A channel that the caller may not see counts as not found. */
@Injectable()
export class ChannelAccess {
  constructor(private readonly protocolSeats: ProtocolSeats) {}

  /**
   * The caller's rights, from the named seat or else from the only possible one, or without a seat. Throws NOT_MEMBER
   * unless the caller holds that seat, created the channel, or the channel is public; throws SEAT_AMBIGUOUS if several
   * seats are possible.
   */
  async standing(
    tx: EntityManager,
    channelId: string,
    caller: Caller,
    named?: string | null,
  ): Promise<ChannelStanding> {
    const standing = await this.outline(tx, channelId, caller, named);
    if (needsSeatName(standing)) throw seatIsAmbiguous(standing.ownSeats);
    return standing;
  }

  /**
   * Like `standing`, for data that is the same from each of the caller's seats: if several are possible it uses none.
   */
  async outline(tx: EntityManager, channelId: string, caller: Caller, named?: string | null): Promise<ChannelStanding> {
    const pick = (own: Slot[]) =>
      named ? own.find(({ slotId }) => slotId === named) : this.protocolSeats.choose(tx, own, caller);
    const standing = await this.look(await this.now(tx, channelId), caller, pick, Boolean(named));
    if (named && !standing.seat) throw new DomainError('NOT_MEMBER');
    return { ...standing, isNamed: Boolean(named) };
  }

  /**
   * Checks the rights again during a long read. Uses the seat that the caller's MCP session has joined in the meantime,
   * unless the call named a seat; otherwise the same seat; or none if that seat was lost and the channel is public.
   */
  async recheck(
    tx: EntityManager,
    { channel, caller, seat, isNamed = false }: ChannelStanding,
    now?: ChannelNow,
  ): Promise<ChannelStanding> {
    const pick = async (own: Slot[]) => {
      if (!seat) return this.protocolSeats.choose(tx, own, caller);
      const joined = isNamed ? undefined : await this.protocolSeats.joined(tx, own, caller);
      return joined ?? own.find(({ slotId }) => slotId === seat.slotId);
    };
    const current = now ?? (await this.now(tx, channel.id));
    return { ...(await this.look(current, caller, pick, seat !== undefined)), isNamed };
  }

  /** Like `standing`, but requires a seat. */
  async seat(tx: EntityManager, channelId: string, caller: Caller, named?: string | null) {
    const { seat, ...standing } = await this.standing(tx, channelId, caller, named);
    if (!seat) throw new DomainError('NOT_MEMBER');
    return { ...standing, seat };
  }

  /**
   * The rights of an admin. The creator of a channel needs no seat; others need a seat with the admin right. Throws
   * NOT_ADMIN.
   */
  async admin(tx: EntityManager, channelId: string, caller: Caller, named?: string | null): Promise<ChannelStanding> {
    const standing = await this.outline(tx, channelId, caller, named);
    const { seat, ownSeats, isAdmin } = standing;
    if (isAdmin) return standing;
    if (!seat && ownSeats.some(({ admin }) => admin)) throw seatIsAmbiguous(ownSeats);
    throw new DomainError('NOT_ADMIN');
  }

  /** A channel with its slots as they are now, for several callers. */
  async now(tx: EntityManager, channelId: string): Promise<ChannelNow> {
    const channel = await CHANNEL.first(tx, { id: channelId });
    return { channel, slots: channel ? await slotsOf(tx, channelId) : [] };
  }

  private async look(
    { channel, slots }: ChannelNow,
    caller: Caller,
    pick: (own: Slot[]) => Slot | undefined | Promise<Slot | undefined>,
    needsSeat: boolean,
  ): Promise<ChannelStanding> {
    const ownSeats = slots.filter((slot) => slot.isHeldBy(caller));
    const isCreator = channel?.creatorId === caller.accountId;
    const seat = await pick(ownSeats);
    const isMember = needsSeat ? seat !== undefined : ownSeats.length > 0;
    const isGone = !channel || channel.retiredAt !== null;
    if (isGone || !(isMember || isCreator || channel.visibility === 'public')) throw new DomainError('NOT_MEMBER');
    return { caller, channel, slots, ownSeats, seat, isCreator, isAdmin: isCreator || seat?.admin === true };
  }
}

export const slotsOf = (tx: EntityManager, channelId: string): Promise<Slot[]> => SLOTS.all(tx, { channelId });
