import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountActed } from '../identity/accounts/account.events.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { hashOfSecret, newSecret } from '../kernel/ids.js';
import { Events } from '../platform/events.js';
import { MemberLeft } from './channel.events.js';
import { ProtocolSeats } from './protocol-seats.service.js';
import type { Slot } from './slot.entity.js';
import { Tenures } from './tenures.service.js';

/**
 * Changes who holds a seat: the slot itself, the times during which each account held it, and the MCP session that uses
 * it. The caller must have checked that the seat may be taken. Each method that seats the caller returns the new rejoin
 * token.
 */
@Injectable()
export class SeatHolders {
  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly tenures: Tenures,
    private readonly protocolSeats: ProtocolSeats,
  ) {}

  /** Seats the caller in a free slot. */
  async seat(tx: EntityManager, slot: Slot, caller: Caller): Promise<string> {
    const rejoinToken = await this.bind(tx, slot, caller);
    await this.tenures.begin(tx, slot);
    return rejoinToken;
  }

  /** Binds the seat to the session of the caller, who held it before. */
  async bind(tx: EntityManager, slot: Slot, caller: Caller): Promise<string> {
    const rejoinToken = newSecret('rejoin');
    slot.seat(caller, hashOfSecret(rejoinToken), this.clock.now());
    await tx.save(slot);
    await this.protocolSeats.remember(tx, slot, caller);
    await this.events.announce(new AccountActed(caller.accountId), tx);
    return rejoinToken;
  }

  /** Gives the seat to the account of the caller, which has not held it. */
  async replace(tx: EntityManager, slot: Slot, caller: Caller): Promise<string> {
    await this.tenures.end(tx, slot);
    return this.seat(tx, slot, caller);
  }

  /** Empties the seat; its slot stays and can be offered again. */
  async vacate(tx: EntityManager, slot: Slot, reason: MemberLeft['reason']) {
    const { channelId, slotId, role } = slot;
    await this.tenures.end(tx, slot);
    slot.vacate();
    await tx.save(slot);
    await this.events.announce(new MemberLeft(channelId, slotId, role, reason), tx);
  }

  /** Frees the observer seat of a member who now plays, unless another chat with the same grant uses it. */
  async stopWatching(tx: EntityManager, slots: Slot[], caller: Caller) {
    for (const slot of slots.filter((each) => each.role === 'observer' && each.isHeldBy(caller))) {
      if (!(await this.protocolSeats.isOfAnother(tx, slot, caller))) await this.vacate(tx, slot, 'plays');
    }
  }
}
