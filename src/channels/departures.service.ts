import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountDeleted, AccountRestricted } from '../identity/accounts/account.events.js';
import type { Caller } from '../kernel/caller.js';
import { Events } from '../platform/events.js';
import { ChangeGuard } from './change-guard.js';
import { Channel } from './channel.entity.js';
import { type ChannelStanding, slotsOf } from './channel-access.service.js';
import { SeatHolders } from './seat-holders.service.js';
import { Slot } from './slot.entity.js';

/**
 * Frees the seats of accounts that are deleted or restricted. Deleting one's own account counts as leaving, which is a
 * move. A restriction by an admin voids the rounds: nobody wins or loses. Logs of closed channels are not changed.
 */
@Injectable()
export class Departures {
  constructor(
    events: Events,
    private readonly holders: SeatHolders,
    private readonly guard: ChangeGuard,
  ) {
    events.on(AccountDeleted, async ({ accountId, by }, tx) => {
      if (by) await this.assertDisinterested(tx, accountId, by);
      await this.freeAll(tx, accountId, by && 'delete_account');
    });
    events.on(AccountRestricted, async ({ accountId, by, isOut }, tx) => {
      await this.assertDisinterested(tx, accountId, by);
      if (isOut) await this.freeThoseBeforeBots(tx, accountId);
    });
  }

  private async assertDisinterested(tx: EntityManager, accountId: string, by: Caller) {
    for (const { role, channelId } of await tx.findBy(Slot, { accountId })) {
      if (role === 'player') await this.guard.assertDisinterested(tx, channelId, by);
    }
  }

  private async freeAll(tx: EntityManager, accountId: string, decision: string | undefined) {
    for (const slot of await tx.findBy(Slot, { accountId })) {
      const channel = await tx.findOneByOrFail(Channel, { id: slot.channelId });
      if (channel.isOpen) await this.free(tx, channel, slot, decision);
      else await tx.save(Object.assign(slot, { accountId: null, sessionId: null, memberName: null, rejoinHash: null }));
    }
  }

  /**
   * Frees the seats in channels with a bot, which would otherwise wait for a member who cannot return. In other
   * channels the seat is kept for its owner.
   */
  private async freeThoseBeforeBots(tx: EntityManager, accountId: string) {
    for (const slot of await tx.findBy(Slot, { accountId })) {
      const channel = await tx.findOneByOrFail(Channel, { id: slot.channelId });
      const hasBot = (await slotsOf(tx, slot.channelId)).some(({ botId }) => botId !== null);
      if (slot.role === 'player' && channel.isOpen && hasBot) await this.free(tx, channel, slot, 'set_account');
    }
  }

  private async free(tx: EntityManager, channel: Channel, slot: Slot, decision: string | undefined) {
    const leave = () => this.holders.vacate(tx, slot, decision ? 'removed' : 'left');
    if (!decision || slot.role !== 'player') return leave();
    const standing = { ...BY_OPERATOR, channel, slots: await slotsOf(tx, channel.id) };
    await this.guard.around(tx, standing, { op: decision, reach: 'seats', isDecision: true }, leave);
  }
}

const NOBODY: Caller = { accountId: '', clientId: '', sessionId: '', name: '', scopes: [], role: 'admin' };

/** The actor is `operator`: which admin decided is not disclosed. */
const BY_OPERATOR: Omit<ChannelStanding, 'channel' | 'slots'> = {
  caller: NOBODY,
  ownSeats: [],
  isCreator: false,
  isAdmin: true,
  by: 'operator',
};
