import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { hashOfSecret } from '../kernel/ids.js';
import { Config } from '../platform/config/config.js';
import { Events } from '../platform/events.js';
import { ChangeGuard } from './change-guard.js';
import { Channel } from './channel.entity.js';
import { MemberJoined, MemberRejoined, type SeatMove } from './channel.events.js';
import { slotsOf } from './channel-access.service.js';
import { assertPlainEntropy } from './channel-mode.js';
import { Invites } from './invites.service.js';
import { seatIsAmbiguous } from './own-seats.js';
import { SeatHolders } from './seat-holders.service.js';
import { Slot } from './slot.entity.js';
import { Storage } from './storage/storage.service.js';

/** What a joining member provides. */
export interface JoinDetails {
  /** The member's contribution to the randomness. */
  readonly entropy?: string;
  readonly publicKey?: string;
  /** Messages from the seat must be signed with that key. */
  readonly requireSig?: boolean;
}

export interface TakenSeat {
  readonly channelId: string;
  readonly slotId: string;
  readonly rejoinToken: string;
}

const NOT_MOVED: Omit<SeatMove, 'usedBy'> = { administers: false };
/** The maximum size of a join entry: name, entropy and key. Leaving needs no room, so it is never refused. */
const JOIN_BYTES = 1_000;

/** Lets callers take a seat, or take over a seat that they already hold. */
@Injectable()
export class Seats {
  constructor(
    private readonly config: Config,
    private readonly events: Events,
    private readonly invites: Invites,
    private readonly guard: ChangeGuard,
    private readonly storage: Storage,
    private readonly holders: SeatHolders,
  ) {}

  async joinByInvite(tx: EntityManager, code: string, caller: Caller, brought: JoinDetails): Promise<TakenSeat> {
    const { channelId, slotId } = await this.invites.claim(tx, code);
    const channel = await tx.findOneByOrFail(Channel, { id: channelId });
    const slots = await slotsOf(tx, channelId);
    return this.take(tx, channel, slots, seatIn(slots, slotId), caller, brought);
  }

  /**
   * Joins a channel by its id: takes over the caller's own seat, or else a free seat of a public channel, the named one
   * or the first. Throws SEAT_AMBIGUOUS if the caller has several seats and names none, NOT_MEMBER if the seat does not
   * exist, and CHANNEL_FULL if there is no free seat.
   */
  async joinById(
    tx: EntityManager,
    channelId: string,
    named: string | undefined,
    caller: Caller,
    brought: JoinDetails,
  ): Promise<TakenSeat> {
    const channel = await tx.findOneBy(Channel, { id: channelId });
    const slots = channel ? await slotsOf(tx, channelId) : [];
    const mine = slots.filter(({ accountId }) => accountId === caller.accountId);
    if (!named && mine.length > 1) throw seatIsAmbiguous(mine);
    const own = named ? mine.find(({ slotId }) => slotId === named) : mine[0];
    if (channel && own) return this.retake(tx, channel, own, caller, brought);
    if (channel?.visibility !== 'public') throw new DomainError('NOT_MEMBER');
    const slot = named ? seatIn(slots, named) : firstFree(slots);
    if (slot.isFilled) throw new DomainError('SLOT_ALREADY_FILLED');
    await this.invites.revoke(tx, slot);
    return this.take(tx, channel, slots, slot, caller, brought);
  }

  /**
   * Takes over a seat with its rejoin token. The session that used it loses it, and a new token is issued. In accounts
   * mode the token works only for the account that holds the seat.
   */
  async rejoin(tx: EntityManager, token: string, caller: Caller, brought: JoinDetails): Promise<TakenSeat> {
    const slot = await tx.findOneBy(Slot, { rejoinHash: hashOfSecret(token) });
    const isOthers = this.config.authMode === 'accounts' && slot?.accountId !== caller.accountId;
    if (!slot || isOthers) throw new DomainError('REJOIN_TOKEN_INVALID');
    const channel = await tx.findOneByOrFail(Channel, { id: slot.channelId });
    const others = (await slotsOf(tx, slot.channelId)).filter(({ slotId }) => slotId !== slot.slotId);
    assertDistinctMember(channel, slot, others, caller);
    const isMoved = slot.accountId !== caller.accountId;
    const administers = isMoved && slot.accountId === channel.creatorId;
    if (administers) await this.channelMovesWith(tx, channel, caller);
    const sameAccountAs = isMoved ? otherSeatOf(others, slot, caller) : undefined;
    return this.retake(tx, channel, slot, caller, brought, { administers, sameAccountAs });
  }

  /**
   * In open mode a user who rejoins with a token has another guest account: the channel that they created moves to it,
   * and the old session loses its rights. This is logged for everyone.
   */
  private async channelMovesWith(tx: EntityManager, { id }: Channel, { accountId }: Caller) {
    await tx.update(Channel, { id }, { creatorId: accountId });
  }

  private async take(
    tx: EntityManager,
    channel: Channel,
    slots: Slot[],
    slot: Slot,
    caller: Caller,
    { entropy, publicKey, requireSig = false }: JoinDetails,
  ): Promise<TakenSeat> {
    channel.assertOpen();
    await this.storage.assertMayPost(tx, channel.id, caller.accountId, JOIN_BYTES);
    if (slot.isFilled) throw new DomainError('SLOT_ALREADY_FILLED');
    assertDistinctMember(channel, slot, slots, caller);
    if (slot.role === 'player') await this.guard.assertSeatsOpen(tx, channel);
    if (slot.role === 'observer' && (entropy ?? publicKey) !== undefined) {
      throw new DomainError('OBSERVER', 'only players can give entropy and public_key');
    }
    if (slot.role === 'player') await this.holders.stopWatching(tx, slots, caller);
    assertPlainEntropy(channel.mode, entropy);
    slot.sinceSeq = channel.lastSeq;
    slot.publicKey = publicKey ?? null;
    slot.requireSig = publicKey ? requireSig : null;
    // A member chooses their own name, but not the label.
    slot.memberName = channel.mode === 'open' ? caller.name : slot.label;
    const rejoinToken = await this.holders.seat(tx, slot, caller);
    const { slotId, label, role, memberName: name } = slot;
    const key = publicKey && { public_key: publicKey, require_sig: requireSig };
    const other = otherSeatOf(slots, slot, caller);
    const member = { slot_id: slotId, label, role, name, ...key, ...(other && { same_account_as: other }) };
    await this.events.announce(new MemberJoined(channel.id, member, entropy), tx);
    if (role === 'player') await this.guard.seated(tx, channel.id, caller.accountId);
    return { channelId: channel.id, slotId, rejoinToken };
  }

  private async retake(
    tx: EntityManager,
    channel: Channel,
    slot: Slot,
    caller: Caller,
    { publicKey }: JoinDetails,
    moved = NOT_MOVED,
  ): Promise<TakenSeat> {
    // Someone with a stolen token must not be able to replace the key.
    if (publicKey !== undefined && publicKey !== slot.publicKey) {
      throw new DomainError('INVALID_REQUEST', 'the key of a seat cannot be changed after the seat was first taken');
    }
    const isSame = slot.isHeldBy(caller);
    const usedBy = slot.accountId === caller.accountId ? 'another_session' : 'another_account';
    const isReplaced = slot.role === 'player' && usedBy === 'another_account';
    if (isReplaced) await this.guard.assertSeatsOpen(tx, channel);
    const rejoinToken = isReplaced
      ? await this.holders.replace(tx, slot, caller)
      : await this.holders.bind(tx, slot, caller);
    // A closed channel can be read again from another session, but its log has ended.
    if (!isSame && channel.isOpen) {
      await this.events.announce(new MemberRejoined(slot.channelId, slot.slotId, { usedBy, ...moved }), tx);
    }
    if (isReplaced && channel.isOpen) await this.guard.seated(tx, channel.id, caller.accountId);
    return { channelId: slot.channelId, slotId: slot.slotId, rejoinToken };
  }
}

function seatIn(slots: Slot[], slotId: string): Slot {
  const slot = slots.find((each) => each.slotId === slotId && each.kind !== 'bot');
  if (!slot) throw new DomainError('SLOT_NOT_FOUND');
  return slot;
}

function firstFree(slots: Slot[]): Slot {
  const free = slots.filter(({ isFilled, kind }) => !isFilled && kind !== 'bot');
  const slot = free.find(({ kind }) => kind === 'invite') ?? free[0];
  if (!slot) throw new DomainError('CHANNEL_FULL');
  return slot;
}

/** Another seat of the same account. */
const otherSeatOf = (slots: Slot[], { slotId: its }: Slot, { accountId }: Caller) =>
  slots.find((slot) => slot.slotId !== its && slot.accountId === accountId)?.slotId;

/** In a contest an account holds one player seat; observer seats do not count. */
function assertDistinctMember({ distinctMembers }: Channel, { role }: Slot, slots: Slot[], { accountId }: Caller) {
  if (!distinctMembers || role !== 'player') return;
  const otherSeat = slots.find((slot) => slot.role === 'player' && slot.accountId === accountId);
  if (otherSeat)
    throw new DomainError('DISTINCT_MEMBERS_REQUIRED', `your account already plays in seat ${otherSeat.slotId}`);
}
