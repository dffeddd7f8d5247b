import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { ChannelOpened, ChannelUpdated, MemberJoined, MemberLeft, MemberRejoined } from '../channels/channel.events.js';
import { Events } from '../platform/events.js';
import { ChannelLog } from './log.service.js';

/** Adds the events of a channel to its log, in the same write. */
@Injectable()
export class Notices {
  constructor(
    events: Events,
    private readonly log: ChannelLog,
  ) {
    events.on(ChannelOpened, ({ channelId, opening, entropy }, tx) =>
      this.append(tx, channelId, { type: 'channel_created', ...opening, ...(entropy !== undefined && { entropy }) }),
    );
    events.on(MemberJoined, ({ channelId, member, entropy }, tx) =>
      this.append(tx, channelId, { type: 'member_joined', ...member, ...(entropy !== undefined && { entropy }) }),
    );
    events.on(MemberRejoined, ({ channelId, slotId, moved: { usedBy, administers, sameAccountAs } }, tx) =>
      this.append(tx, channelId, {
        type: 'member_rejoined',
        slot_id: slotId,
        used_by: usedBy,
        ...(administers && { administers }),
        ...(sameAccountAs !== undefined && { same_account_as: sameAccountAs }),
      }),
    );
    events.on(MemberLeft, ({ channelId, slotId, role, reason }, tx) =>
      this.append(tx, channelId, { type: 'member_left', slot_id: slotId, role, reason }),
    );
    events.on(ChannelUpdated, ({ channelId, op, by }, tx) =>
      this.append(tx, channelId, { type: `${op.type}_applied`, op: JSON.parse(JSON.stringify(op)), ...(by && { by }) }),
    );
  }

  private async append(tx: EntityManager, channelId: string, body: JsonObject) {
    await this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
  }
}
