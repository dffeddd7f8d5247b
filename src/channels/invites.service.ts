import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import { hashOfSecret, newSecret } from '../kernel/ids.js';
import { Invite } from './invite.entity.js';
import type { Slot } from './slot.entity.js';

@Injectable()
export class Invites {
  constructor(private readonly clock: Clock) {}

  /** A new code for a free slot. The earlier ones of that slot stop working. */
  async mint(tx: EntityManager, slot: Slot): Promise<string> {
    if (slot.kind === 'bot') throw new DomainError('INVALID_REQUEST', `${slot.slotId} is a bot slot`);
    if (slot.isFilled) throw new DomainError('SLOT_ALREADY_FILLED');
    await this.revoke(tx, slot);
    const code = newSecret('inv');
    await tx.insert(Invite, {
      codeHash: hashOfSecret(code),
      channelId: slot.channelId,
      slotId: slot.slotId,
      createdAt: this.clock.now(),
      spentAt: null,
    });
    return code;
  }

  /** Uses a code up and answers with the slot it was for. */
  async claim(tx: EntityManager, code: string): Promise<{ channelId: string; slotId: string }> {
    const codeHash = hashOfSecret(code);
    // Claimed by the statement that checks it: two people may race for one invite.
    const { affected } = await tx.update(Invite, { codeHash, spentAt: IsNull() }, { spentAt: this.clock.now() });
    if (affected !== 1) throw new DomainError('INVITE_INVALID');
    return tx.findOneByOrFail(Invite, { codeHash });
  }

  async revoke(tx: EntityManager, { channelId, slotId }: Slot) {
    await tx.update(Invite, { channelId, slotId, spentAt: IsNull() }, { spentAt: this.clock.now() });
  }
}
