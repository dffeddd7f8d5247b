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

  /** Creates a new code for a free slot. Earlier codes of the slot become invalid. */
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

  /** Uses a code up and returns its slot. */
  async claim(tx: EntityManager, code: string): Promise<{ channelId: string; slotId: string }> {
    const codeHash = hashOfSecret(code);
    // The update itself checks that the code is unused: two callers may use one invite at the same time.
    const { affected } = await tx.update(Invite, { codeHash, spentAt: IsNull() }, { spentAt: this.clock.now() });
    if (affected !== 1) throw new DomainError('INVITE_INVALID');
    return tx.findOneByOrFail(Invite, { codeHash });
  }

  /** The slots of a channel that are held or have a valid code. */
  async reachable(tx: EntityManager, channelId: string): Promise<Set<string>> {
    return new Set((await tx.findBy(Invite, { channelId, spentAt: IsNull() })).map(({ slotId }) => slotId));
  }

  async revoke(tx: EntityManager, { channelId, slotId }: Slot) {
    await tx.update(Invite, { channelId, slotId, spentAt: IsNull() }, { spentAt: this.clock.now() });
  }
}
