import { Injectable } from '@nestjs/common';
import { type EntityManager, LessThan } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { PROTOCOL_SEATS } from './channel-statements.js';
import { ProtocolSeat } from './protocol-seat.entity.js';
import type { Slot } from './slot.entity.js';

/** How long the seat of an MCP session is remembered; after that its calls must name the seat. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** Remembers which MCP session joined which seat, also after a restart, so that its calls need not name the seat. */
@Injectable()
export class ProtocolSeats {
  constructor(private readonly clock: Clock) {}

  /** Stores that the caller's MCP session joined the seat. Does nothing without a session. */
  async remember(tx: EntityManager, { channelId, slotId, sinceSeq }: Slot, { protocolSession }: Caller) {
    if (protocolSession === undefined) return;
    const joinedAt = this.clock.now();
    await tx.delete(ProtocolSeat, { joinedAt: LessThan(joinedAt - KEPT_MS) });
    const protocolSeat = { sessionHash: protocolSession, channelId, slotId, sinceSeq, joinedAt };
    await tx.upsert(ProtocolSeat, protocolSeat, ['sessionHash', 'channelId', 'slotId']);
  }

  /**
   * The seat that a call without a seat name means: the one that its MCP session joined, or the only one of a session
   * that joined none. Otherwise undefined: a caller who has lost the joined seat never acts from another one.
   */
  async choose(tx: EntityManager, own: readonly Slot[], caller: Caller): Promise<Slot | undefined> {
    const protocolSeats = await this.joinedIn(tx, own, caller);
    return onlyOf(protocolSeats.length ? heldOf(protocolSeats, own) : own);
  }

  /** The one of the caller's own seats in a channel that its MCP session joined. */
  async joined(tx: EntityManager, own: readonly Slot[], caller: Caller): Promise<Slot | undefined> {
    return onlyOf(heldOf(await this.joinedIn(tx, own, caller), own));
  }

  /** Whether another MCP session than the caller's joined the seat. False for callers without an MCP session. */
  async isOfAnother(tx: EntityManager, slot: Slot, { protocolSession }: Caller): Promise<boolean> {
    if (protocolSession === undefined) return false;
    const { channelId, slotId, sinceSeq } = slot;
    const protocolSeats = await tx.findBy(ProtocolSeat, { channelId, slotId, sinceSeq });
    return protocolSeats.length > 0 && protocolSeats.every(({ sessionHash }) => sessionHash !== protocolSession);
  }

  private async joinedIn(tx: EntityManager, [first]: readonly Slot[], { protocolSession }: Caller) {
    if (!first || protocolSession === undefined) return [];
    return PROTOCOL_SEATS.all(tx, { sessionHash: protocolSession, channelId: first.channelId });
  }
}

/** Only seats whose holder has not changed since they were joined. */
const heldOf = (joined: readonly ProtocolSeat[], own: readonly Slot[]) =>
  own.filter((slot) => joined.some((seat) => seat.slotId === slot.slotId && seat.sinceSeq === slot.sinceSeq));

const onlyOf = (slots: readonly Slot[]) => (slots.length === 1 ? slots[0] : undefined);
