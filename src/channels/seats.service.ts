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
import { Channel } from './channel.entity.js';
import { MemberJoined, MemberLeft, MemberRejoined } from './channel.events.js';
import { mustBePlainEntropy } from './channel-mode.js';
import { Invites } from './invites.service.js';
import { Slot } from './slot.entity.js';

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

/** Taking a seat, coming back to it, and giving it up. */
@Injectable()
export class Seats {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly invites: Invites,
  ) {}

  async joinByInvite(tx: EntityManager, code: string, caller: Caller, brought: Belongings): Promise<TakenSeat> {
    const { channelId, slotId } = await this.invites.claim(tx, code);
    const channel = await tx.findOneByOrFail(Channel, { id: channelId });
    const slots = await slotsOf(tx, channelId);
    return this.take(tx, channel, slots, find(slots, slotId), caller, brought);
  }

  /**
   * The caller's own seat, taken over by this session; or, in a public channel, the first free seat. Throws NOT_MEMBER
   * where there is neither, and CHANNEL_FULL where a public channel has no free seat.
   */
  async joinById(tx: EntityManager, channelId: string, caller: Caller, brought: Belongings): Promise<TakenSeat> {
    const channel = await tx.findOneBy(Channel, { id: channelId });
    const slots = channel ? await slotsOf(tx, channelId) : [];
    const mine = slots.filter(({ accountId }) => accountId === caller.accountId);
    const own = mine.find(({ role }) => role === 'player') ?? mine[0];
    if (channel && own) return this.retake(tx, channel, own, caller, brought);
    if (channel?.visibility !== 'public') throw new DomainError('NOT_MEMBER');
    const free = slots.filter(({ isFilled, kind }) => !isFilled && kind !== 'bot');
    const slot = free.find(({ kind }) => kind === 'invite') ?? free[0];
    if (!slot) throw new DomainError('CHANNEL_FULL');
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
    const moves = slot.accountId === channel.creatorId && caller.accountId !== channel.creatorId;
    if (moves) await this.channelMovesWith(tx, channel, caller);
    return this.retake(tx, channel, slot, caller, brought, moves);
  }

  /** Empties the seat; its slot stays and can be offered again. */
  async vacate(tx: EntityManager, slot: Slot, reason: MemberLeft['reason']) {
    const { channelId, slotId, role } = slot;
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
    if (slot.isFilled) throw new DomainError('SLOT_ALREADY_FILLED');
    mustBeDistinct(channel, slot, slots, caller);
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
    const { slotId, label, role, memberName: name } = slot;
    const key = publicKey && { public_key: publicKey, require_sig: requireSig };
    const member = { slot_id: slotId, label, role, name, ...key };
    await this.events.announce(new MemberJoined(channel.id, member, entropy), tx);
    return { channelId: channel.id, slotId, rejoinToken };
  }

  /** Who has watched and now plays is one member, in one seat. */
  private async stopWatching(tx: EntityManager, slots: Slot[], caller: Caller) {
    const watched = slots.filter((slot) => slot.role === 'observer' && slot.isHeldBy(caller));
    for (const slot of watched) await this.vacate(tx, slot, 'plays');
  }

  private async retake(
    tx: EntityManager,
    channel: Channel,
    slot: Slot,
    caller: Caller,
    { publicKey }: Belongings,
    administers = false,
  ): Promise<TakenSeat> {
    // Whoever comes with a stolen token must not come with a key of their own.
    if (publicKey !== undefined && publicKey !== slot.publicKey) {
      throw new DomainError('INVALID_REQUEST', 'the key of a seat is the one it was first taken with');
    }
    const isSame = slot.isHeldBy(caller);
    const rejoinToken = await this.seat(tx, slot, caller);
    // A closed channel can be read again from another session, but its log has ended.
    if (!isSame && channel.isOpen) {
      await this.events.announce(new MemberRejoined(slot.channelId, slot.slotId, administers), tx);
    }
    return { channelId: slot.channelId, slotId: slot.slotId, rejoinToken };
  }

  private async seat(tx: EntityManager, slot: Slot, caller: Caller): Promise<string> {
    const rejoinToken = newSecret('rejoin');
    slot.seat(caller, hashOfSecret(rejoinToken), this.clock.now());
    await tx.save(slot);
    await this.events.announce(new AccountActed(caller.accountId), tx);
    return rejoinToken;
  }
}

function find(slots: Slot[], slotId: string): Slot {
  const slot = slots.find((each) => each.slotId === slotId);
  if (!slot) throw new DomainError('SLOT_NOT_FOUND');
  return slot;
}

/** One party plays from one seat. Watching is no playing. */
function mustBeDistinct({ distinctMembers }: Channel, { role }: Slot, slots: Slot[], { accountId }: Caller) {
  const plays = slots.some((slot) => slot.role === 'player' && slot.accountId === accountId);
  if (distinctMembers && role === 'player' && plays) throw new DomainError('DISTINCT_MEMBERS_REQUIRED');
}
