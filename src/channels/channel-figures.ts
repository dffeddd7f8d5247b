import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { Database } from '../platform/database/database.js';
import { Events } from '../platform/events.js';
import { Metrics } from '../platform/observability/metrics.js';
import { Channel } from './channel.entity.js';
import { ChannelClosing, ChannelOpened, MemberJoined, MemberLeft } from './channel.events.js';
import { Slot } from './slot.entity.js';

/** The numbers of open channels and held seats, for the metrics: counted at the start and updated since. */
@Injectable()
export class ChannelFigures implements OnApplicationBootstrap {
  private channels = 0;
  private seats = 0;

  constructor(
    private readonly database: Database,
    events: Events,
    metrics: Metrics,
  ) {
    metrics.watch('parley_channels', 'Channels that are open.', () => this.channels);
    metrics.watch('parley_seats', 'Seats that members hold in open channels.', () => this.seats);
    events.on(ChannelOpened, async () => this.add(1, 0));
    events.on(MemberJoined, async () => this.add(0, 1));
    events.on(MemberLeft, async () => this.add(0, -1));
    events.on(ChannelClosing, async ({ channelId }, tx) => this.add(-1, -(await heldIn(tx, channelId))));
  }

  async onApplicationBootstrap() {
    const { read } = this.database;
    this.channels = await read.countBy(Channel, { closedAt: IsNull() });
    this.seats = await read
      .createQueryBuilder(Slot, 'slot')
      .innerJoin(Channel, 'channel', 'channel.id = slot.channelId AND channel.closedAt IS NULL')
      .where('slot.accountId IS NOT NULL')
      .getCount();
  }

  private add(channels: number, seats: number) {
    this.database.afterCommit(() => {
      this.channels += channels;
      this.seats += seats;
    });
  }
}

const heldIn = (tx: EntityManager, channelId: string) => tx.countBy(Slot, { channelId, accountId: Not(IsNull()) });
