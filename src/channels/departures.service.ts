import { Injectable } from '@nestjs/common';
import { AccountDeleted } from '../auth/accounts/account.events.js';
import { Events } from '../platform/events.js';
import { Channel } from './channel.entity.js';
import { Seats } from './seats.service.js';
import { Slot } from './slot.entity.js';

/** When an account is deleted its seats become free. The log of a channel that has ended stays as it is. */
@Injectable()
export class Departures {
  constructor(events: Events, seats: Seats) {
    events.on(AccountDeleted, async ({ accountId }, tx) => {
      for (const slot of await tx.findBy(Slot, { accountId })) {
        const { isOpen } = await tx.findOneByOrFail(Channel, { id: slot.channelId });
        if (isOpen) await seats.vacate(tx, slot, 'left');
        else
          await tx.save(Object.assign(slot, { accountId: null, sessionId: null, memberName: null, rejoinHash: null }));
      }
    });
  }
}
