import { Injectable } from '@nestjs/common';
import { Brackets, type EntityManager, In } from 'typeorm';
import { inBackground } from '../kernel/background.js';
import type { Caller } from '../kernel/caller.js';
import { Database } from '../platform/database.js';
import { Events } from '../platform/events.js';
import { Channel } from './channel.entity.js';
import { ChannelClosing, ChannelOpened, MemberJoined, MemberLeft, MemberRejoined } from './channel.events.js';
import { Slot } from './slot.entity.js';

interface Watcher {
  readonly caller: Caller;
  readonly known: Set<string>;
  readonly changed: () => void;
}

export interface OwnSeat {
  readonly channel: Channel;
  readonly slot: Slot;
}

/** The open channels that are somebody's own: made by their account, or with a seat of theirs. */
@Injectable()
export class OwnChannels {
  private readonly watchers = new Set<Watcher>();

  constructor(
    private readonly database: Database,
    events: Events,
  ) {
    for (const event of [ChannelOpened, MemberJoined, MemberRejoined, MemberLeft, ChannelClosing]) {
      events.on<{ channelId: string }>(event, async ({ channelId }) => {
        if (this.watchers.size)
          this.database.afterCommit(() => inBackground('looking at a channel', this.look(channelId)));
      });
    }
  }

  /** Those that this very session may look into, newest first. */
  async of(tx: EntityManager, caller: Caller, limit?: number): Promise<Channel[]> {
    const { accountId, sessionId } = caller;
    const query = tx
      .createQueryBuilder(Channel, 'channel')
      .where('channel.closedAt IS NULL')
      .andWhere(
        new Brackets((own) =>
          own
            .where('channel.creatorId = :accountId')
            .orWhere(
              `EXISTS ${tx
                .createQueryBuilder(Slot, 'seat')
                .subQuery()
                .select('1')
                .from(Slot, 'seat')
                .where('seat.channelId = channel.id AND seat.accountId = :accountId AND seat.sessionId = :sessionId')
                .getQuery()}`,
            ),
        ),
        { accountId, sessionId },
      )
      .orderBy('channel.createdAt', 'DESC')
      .addOrderBy('channel.id', 'ASC');
    return query.take(limit).getMany();
  }

  /** The seats of the caller's account in open channels, whichever session uses them; the newest first. */
  async seats(tx: EntityManager, { accountId }: Caller, limit: number): Promise<OwnSeat[]> {
    const slots = await tx.find(Slot, {
      where: { accountId },
      order: { filledAt: 'DESC', slotId: 'ASC' },
      take: limit,
    });
    const channels = await tx.findBy(Channel, { id: In(slots.map(({ channelId }) => channelId)) });
    return slots.flatMap((slot) => {
      const channel = channels.find(({ id }) => id === slot.channelId);
      return channel?.isOpen ? [{ channel, slot }] : [];
    });
  }

  /** Calls back whenever `of` would answer something else, until the answer is called. */
  async watch(caller: Caller, changed: () => void): Promise<() => void> {
    const own = await this.of(this.database.read, caller);
    const watcher = { caller, changed, known: new Set(own.map(({ id }) => id)) };
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private async look(channelId: string) {
    const [channel, slots] = await Promise.all([
      this.database.read.findOneBy(Channel, { id: channelId }),
      this.database.read.findBy(Slot, { channelId }),
    ]);
    for (const { caller, known, changed } of this.watchers) {
      const isMember = channel?.creatorId === caller.accountId || slots.some((slot) => slot.isHeldBy(caller));
      const isOwn = channel?.isOpen === true && isMember;
      if (isOwn === known.has(channelId)) continue;
      if (isOwn) known.add(channelId);
      else known.delete(channelId);
      changed();
    }
  }
}
