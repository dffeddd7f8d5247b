import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountActed } from '../auth/accounts/account.events.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import { hashOfSecret, newSecret } from '../kernel/ids.js';
import { Config } from '../platform/config.js';
import { Events } from '../platform/events.js';
import { slotsOf } from './access.service.js';
import { ChangeGuard } from './change-guard.js';
import { Channel } from './channel.entity.js';
import { MemberJoined, MemberLeft, MemberRejoined, type Moved } from './channel.events.js';
import { mustBePlainEntropy } from './channel-mode.js';
import { Invites } from './invites.service.js';
import { seatIsAmbiguous } from './own-seats.js';
import { ProtocolSeats } from './protocol-seats.service.js';
import { Slot } from './slot.entity.js';
import { Storage } from './storage/storage.service.js';
import { Tenures } from './tenures.service.js';

/** What somebody brings along who takes a seat. */
export interface Belongings {
  /** Their share of the randomness. */
  readonly entropy?: string;
  readonly publicKey?: string;
  /** Nothing is to be said from the seat that is not signed with that key. */
  readonly requireSig?: boolean;
}

export interface TakenSeat {
  readonly channelId: string;
  readonly slotId: string;
  readonly rejoinToken: string;
}

const NOT_MOVED: Moved = { administers: false };
/** What joining may say of somebody: a name, entropy, a key. Leaving, which comes after, is never refused. */
const JOIN_BYTES = 1_000;

/** Taking a seat, coming back to it, and giving it up. */
@Injectable()
export class Seats {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly invites: Invites,
    private readonly tenures: Tenures,
    private readonly guard: ChangeGuard,
    private readonly protocolSeats: ProtocolSeats,
    private readonly storage: Storage,
  ) {}

  async joinByInvite(tx: EntityManager, code: string, caller: Caller, brought: Belongings): Promise<TakenSeat> {
    const { channelId, slotId } = await this.invites.claim(tx, code);
    const channel = await tx.findOneByOrFail(Channel, { id: channelId });
    const slots = await slotsOf(tx, channelId);
    return this.take(tx, channel, slots, seatIn(slots, slotId), caller, brought);
  }

  /**
   * The caller's own seat, taken over by this session; or a free seat of a public channel: the one that is named, else the
   * first. Throws SEAT_AMBIGUOUS where several are the caller's own and none is named, NOT_MEMBER where there is no such
   * seat, and CHANNEL_FULL where a public channel has no free one.
   */
  async joinById(
    tx: EntityManager,
    channelId: string,
    named: string | undefined,
    caller: Caller,
    brought: Belongings,
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
   * Binds the seat to the caller's session; whoever used it before loses it, and the token is exchanged for a new one. Where
   * people sign in, the seat is their account's, and a token in another's hands is worth nothing.
   */
  async rejoin(tx: EntityManager, token: string, caller: Caller, brought: Belongings): Promise<TakenSeat> {
    const slot = await tx.findOneBy(Slot, { rejoinHash: hashOfSecret(token) });
    const isOthers = this.config.authMode === 'accounts' && slot?.accountId !== caller.accountId;
    if (!slot || isOthers) throw new DomainError('REJOIN_TOKEN_INVALID');
    const channel = await tx.findOneByOrFail(Channel, { id: slot.channelId });
    const others = (await slotsOf(tx, slot.channelId)).filter(({ slotId }) => slotId !== slot.slotId);
    mustBeDistinct(channel, slot, others, caller);
    const isMoved = slot.accountId !== caller.accountId;
    const administers = isMoved && slot.accountId === channel.creatorId;
    if (administers) await this.channelMovesWith(tx, channel, caller);
    const sameAccountAs = isMoved ? otherSeatOf(others, slot, caller) : undefined;
    return this.retake(tx, channel, slot, caller, brought, { administers, sameAccountAs });
  }

  /** Empties the seat; its slot stays and can be offered again. */
  async vacate(tx: EntityManager, slot: Slot, reason: MemberLeft['reason']) {
    const { channelId, slotId, role } = slot;
    await this.tenures.end(tx, slot);
    slot.vacate();
    await tx.save(slot);
    await this.events.announce(new MemberLeft(channelId, slotId, role, reason), tx);
  }

  /**
   * Who comes back with a token under another account is the same person: the channel they made stays theirs, and the
   * session they left behind keeps nothing of it. Everyone is told that the administration moved.
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
    { entropy, publicKey, requireSig = false }: Belongings,
  ): Promise<TakenSeat> {
    channel.mustBeOpen();
    await this.storage.assertMaySay(tx, channel.id, caller.accountId, JOIN_BYTES);
    if (slot.isFilled) throw new DomainError('SLOT_ALREADY_FILLED');
    mustBeDistinct(channel, slot, slots, caller);
    if (slot.role === 'player') await this.guard.assertSeatsOpen(tx, channel);
    if (slot.role === 'observer' && (entropy ?? publicKey) !== undefined) {
      throw new DomainError('OBSERVER', 'entropy and public_key are for players');
    }
    if (slot.role === 'player') await this.stopWatching(tx, slots, caller);
    mustBePlainEntropy(channel.mode, entropy);
    slot.sinceSeq = channel.lastSeq;
    slot.publicKey = publicKey ?? null;
    slot.requireSig = publicKey ? requireSig : null;
    // A name is chosen by who bears it; a label is not.
    slot.memberName = channel.mode === 'open' ? caller.name : slot.label;
    const rejoinToken = await this.seat(tx, slot, caller);
    await this.tenures.begin(tx, slot);
    const { slotId, label, role, memberName: name } = slot;
    const key = publicKey && { public_key: publicKey, require_sig: requireSig };
    const other = otherSeatOf(slots, slot, caller);
    const member = { slot_id: slotId, label, role, name, ...key, ...(other && { same_account_as: other }) };
    await this.events.announce(new MemberJoined(channel.id, member, entropy), tx);
    if (role === 'player') await this.guard.seated(tx, channel.id, caller.accountId);
    return { channelId: channel.id, slotId, rejoinToken };
  }

  /** Who has watched and now plays is one member, in one seat; another chat under the same grant goes on watching. */
  private async stopWatching(tx: EntityManager, slots: Slot[], caller: Caller) {
    for (const slot of slots.filter((each) => each.role === 'observer' && each.isHeldBy(caller))) {
      if (!(await this.protocolSeats.isOfAnother(tx, slot, caller))) await this.vacate(tx, slot, 'plays');
    }
  }

  private async retake(
    tx: EntityManager,
    channel: Channel,
    slot: Slot,
    caller: Caller,
    { publicKey }: Belongings,
    moved: Moved = NOT_MOVED,
  ): Promise<TakenSeat> {
    // Whoever comes with a stolen token must not come with a key of their own.
    if (publicKey !== undefined && publicKey !== slot.publicKey) {
      throw new DomainError('INVALID_REQUEST', 'the key of a seat is the one it was first taken with');
    }
    const isSame = slot.isHeldBy(caller);
    const isReplaced = slot.role === 'player' && slot.accountId !== caller.accountId;
    if (isReplaced) {
      await this.guard.assertSeatsOpen(tx, channel);
      await this.tenures.end(tx, slot);
    }
    const rejoinToken = await this.seat(tx, slot, caller);
    if (isReplaced) await this.tenures.begin(tx, slot);
    // A closed channel can be read again from another session, but its log has ended.
    if (!isSame && channel.isOpen) {
      await this.events.announce(new MemberRejoined(slot.channelId, slot.slotId, moved), tx);
    }
    return { channelId: slot.channelId, slotId: slot.slotId, rejoinToken };
  }

  private async seat(tx: EntityManager, slot: Slot, caller: Caller): Promise<string> {
    const rejoinToken = newSecret('rejoin');
    slot.seat(caller, hashOfSecret(rejoinToken), this.clock.now());
    await tx.save(slot);
    await this.protocolSeats.remember(tx, slot, caller);
    await this.events.announce(new AccountActed(caller.accountId), tx);
    return rejoinToken;
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

/** Another seat of the same account; those that it holds all lead to one another. */
const otherSeatOf = (slots: Slot[], { slotId: its }: Slot, { accountId }: Caller) =>
  slots.find((slot) => slot.slotId !== its && slot.accountId === accountId)?.slotId;

/** One party plays from one seat. Watching is no playing. */
function mustBeDistinct({ distinctMembers }: Channel, { role }: Slot, slots: Slot[], { accountId }: Caller) {
  if (!distinctMembers || role !== 'player') return;
  const held = slots.find((slot) => slot.role === 'player' && slot.accountId === accountId);
  if (held) throw new DomainError('DISTINCT_MEMBERS_REQUIRED', `your account plays in seat ${held.slotId}`);
}
