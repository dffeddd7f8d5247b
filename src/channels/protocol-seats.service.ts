import { Injectable } from '@nestjs/common';
import { type EntityManager, LessThan } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { ProtocolSeat } from './protocol-seat.entity.js';
import type { Slot } from './slot.entity.js';

/** As long as a client may keep a session of the protocol; after that it names its seat. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** Remembers which session of the protocol joined which seat, so that its later calls need not name it, after a restart neither. */
@Injectable()
export class ProtocolSeats {
  constructor(private readonly clock: Clock) {}

  /** Notes that the caller's protocol session joined the seat; a caller without one leaves nothing. */
  async remember(tx: EntityManager, { channelId, slotId, sinceSeq }: Slot, { protocolSession }: Caller) {
    if (protocolSession === undefined) return;
    const joinedAt = this.clock.now();
    await tx.delete(ProtocolSeat, { joinedAt: LessThan(joinedAt - KEPT_MS) });
    const joined = { sessionHash: protocolSession, channelId, slotId, sinceSeq, joinedAt };
    await tx.upsert(ProtocolSeat, joined, ['sessionHash', 'channelId', 'slotId']);
  }

  /**
   * Which of the caller's own seats in one channel a call means that names none: the one that its protocol session joined, or
   * the only one of a session that joined none. Undefined where that does not decide, and it is never guessed: who
   * joined a seat and has lost it does not act from another.
   */
  async choose(tx: EntityManager, own: readonly Slot[], caller: Caller): Promise<Slot | undefined> {
    const joined = await this.joinedIn(tx, own, caller);
    return onlyOf(joined.length ? heldOf(joined, own) : own);
  }

  /** The one of the caller's own seats in one channel that its protocol session joined, if it is one. */
  async joined(tx: EntityManager, own: readonly Slot[], caller: Caller): Promise<Slot | undefined> {
    return onlyOf(heldOf(await this.joinedIn(tx, own, caller), own));
  }

  /** Whether another session of the protocol than the caller's joined the seat. Nothing is known of callers without one. */
  async isOfAnother(tx: EntityManager, slot: Slot, { protocolSession }: Caller): Promise<boolean> {
    if (protocolSession === undefined) return false;
    const { channelId, slotId, sinceSeq } = slot;
    const joined = await tx.findBy(ProtocolSeat, { channelId, slotId, sinceSeq });
    return joined.length > 0 && joined.every(({ sessionHash }) => sessionHash !== protocolSession);
  }

  private async joinedIn(tx: EntityManager, [first]: readonly Slot[], { protocolSession }: Caller) {
    if (!first || protocolSession === undefined) return [];
    return tx.findBy(ProtocolSeat, { sessionHash: protocolSession, channelId: first.channelId });
  }
}

/** Whoever sits in a slot after its holder has left is somebody else. */
const heldOf = (joined: readonly ProtocolSeat[], own: readonly Slot[]) =>
  own.filter((slot) => joined.some((seat) => seat.slotId === slot.slotId && seat.sinceSeq === slot.sinceSeq));

const onlyOf = (slots: readonly Slot[]) => (slots.length === 1 ? slots[0] : undefined);
