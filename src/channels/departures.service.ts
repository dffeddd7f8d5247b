import { Injectable } from '@nestjs/common';
import { AccountDeleted } from '../auth/accounts/account.events.js';
import { Events } from '../platform/events.js';
import { type Standing, slotsOf } from './access.service.js';
import { ChangeGuard } from './change-guard.js';
import { Channel } from './channel.entity.js';
import { Seats } from './seats.service.js';
import { Slot } from './slot.entity.js';

/** The server itself, which has no account. */
const OF_SERVER: Omit<Standing, 'channel' | 'slots'> = {
  caller: { accountId: '', clientId: '', sessionId: '', name: '', scopes: [], role: 'admin' },
  ownSeats: [],
  isCreator: false,
  isAdmin: true,
  by: 'server',
};

/** When an account is deleted its seats become free. The log of a channel that has ended stays as it is. */
@Injectable()
export class Departures {
  constructor(events: Events, seats: Seats, guard: ChangeGuard) {
    events.on(AccountDeleted, async ({ accountId }, tx) => {
      for (const slot of await tx.findBy(Slot, { accountId })) {
        const channel = await tx.findOneByOrFail(Channel, { id: slot.channelId });
        const standing = { ...OF_SERVER, channel, slots: await slotsOf(tx, slot.channelId) };
        const leave = () => seats.vacate(tx, slot, 'left');
        // Nobody wins because the opponent's account is gone.
        if (channel.isOpen)
          await guard.around(tx, standing, { op: 'delete_account', reach: 'seats', isOfServer: true }, leave);
        else
          await tx.save(Object.assign(slot, { accountId: null, sessionId: null, memberName: null, rejoinHash: null }));
      }
    });
  }
}
