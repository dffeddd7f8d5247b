import { Injectable } from '@nestjs/common';
import { Brackets, type EntityManager, In } from 'typeorm';
import { inBackground } from '../kernel/background.js';
import type { Caller } from '../kernel/caller.js';
import { Database } from '../platform/database.js';
import { Events } from '../platform/events.js';
import { Channel } from './channel.entity.js';
import { ChannelClosing, ChannelOpened, MemberJoined, MemberLeft, MemberRejoined } from './channel.events.js';
import type { OwnSeats } from './own-seats.js';
import { ProtocolSeats } from './protocol-seats.service.js';
import { Slot } from './slot.entity.js';

interface Watcher {
  readonly caller: Caller;
  /** By channel the seats that the caller uses there. */
  readonly known: Map<string, string>;
  readonly changed: () => void;
}

export interface OwnSeat {
  readonly channel: Channel;
  readonly slot: Slot;
}

export interface OwnChannel extends OwnSeats {
  readonly channel: Channel;
}

/** The open channels that are somebody's own: made by their account, or with a seat of theirs. */
@Injectable()
export class OwnChannels {
  private readonly watchers = new Set<Watcher>();

  constructor(
    private readonly database: Database,
    private readonly protocolSeats: ProtocolSeats,
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

  /** The same with the seats that this session uses there, and which of them a call means that names none. */
  async withSeats(tx: EntityManager, caller: Caller, limit?: number): Promise<OwnChannel[]> {
    const { accountId, sessionId } = caller;
    const [channels, slots] = await Promise.all([
      this.of(tx, caller, limit),
      tx.find(Slot, { where: { accountId, sessionId }, order: { position: 'ASC' } }),
    ]);
    const own = channels.map(async (channel) => {
      const ownSeats = slots.filter(({ channelId }) => channelId === channel.id);
      return { channel, ownSeats, seat: await this.protocolSeats.choose(tx, ownSeats, caller) };
    });
    return Promise.all(own);
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

  /** Calls back whenever `withSeats` would answer something else, until the answer is called. */
  async watch(caller: Caller, changed: () => void): Promise<() => void> {
    const own = await this.withSeats(this.database.read, caller);
    const known = new Map(own.map(({ channel, ownSeats }) => [channel.id, idsOf(ownSeats)]));
    const watcher = { caller, changed, known };
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private async look(channelId: string) {
    const [channel, slots] = await Promise.all([
      this.database.read.findOneBy(Channel, { id: channelId }),
      this.database.read.findBy(Slot, { channelId }),
    ]);
    for (const { caller, known, changed } of this.watchers) {
      const held = slots.filter((slot) => slot.isHeldBy(caller));
      const isMember = channel?.creatorId === caller.accountId || held.length > 0;
      const seats = channel?.isOpen === true && isMember ? idsOf(held) : undefined;
      if (seats === known.get(channelId)) continue;
      if (seats === undefined) known.delete(channelId);
      else known.set(channelId, seats);
      changed();
    }
  }
}

const idsOf = (seats: readonly Slot[]) =>
  seats
    .map(({ slotId }) => slotId)
    .sort()
    .join();
