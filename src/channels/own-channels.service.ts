import { Injectable } from '@nestjs/common';
import { Brackets, type EntityManager, In } from 'typeorm';
import { inBackground } from '../kernel/background.js';
import type { Caller } from '../kernel/caller.js';
import { Database } from '../platform/database/database.js';
import { Signals } from '../platform/database/signals.js';
import { Events } from '../platform/events.js';
import { Channel } from './channel.entity.js';
import { ChannelClosing, ChannelOpened, MemberJoined, MemberLeft, MemberRejoined } from './channel.events.js';
import type { OwnSeats } from './own-seats.js';
import { ProtocolSeats } from './protocol-seats.service.js';
import { Slot } from './slot.entity.js';

/** The topic of a signal that a channel or its seats have changed. */
const CHANNEL = 'channel';

interface Watcher {
  readonly caller: Caller;
  /** The seat that the caller uses, by channel id. */
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

/** The open channels that an account created or has a seat in. */
@Injectable()
export class OwnChannels {
  private readonly watchers = new Set<Watcher>();

  constructor(
    private readonly database: Database,
    private readonly protocolSeats: ProtocolSeats,
    signals: Signals,
    events: Events,
  ) {
    signals.on(CHANNEL, (channelId) => this.lookInBackground(channelId));
    signals.onGap(() => {
      for (const { changed } of this.watchers) changed();
    });
    for (const event of [ChannelOpened, MemberJoined, MemberRejoined, MemberLeft, ChannelClosing]) {
      events.on<{ channelId: string }>(event, async ({ channelId }) => {
        this.database.afterCommit(() => {
          this.lookInBackground(channelId);
          signals.send(CHANNEL, channelId);
        });
      });
    }
  }

  /** Those that this session may read, newest first. */
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

  /** The same, with the seats that this session uses there and the seat that a call means if it names none. */
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

  /** The seats of the caller's account in open channels, used by any session; newest first. */
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

  /** Calls `changed` whenever the result of `withSeats` changes. Returns the function that stops it. */
  async watch(caller: Caller, changed: () => void): Promise<() => void> {
    const own = await this.withSeats(this.database.read, caller);
    const known = new Map(own.map(({ channel, ownSeats }) => [channel.id, idsOf(ownSeats)]));
    const watcher = { caller, changed, known };
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private lookInBackground(channelId: string) {
    if (this.watchers.size) inBackground('looking at a channel', this.look(channelId));
  }

  private async look(channelId: string) {
    const [channel, slots] = await Promise.all([
      this.database.read.findOneBy(Channel, { id: channelId }),
      this.database.read.findBy(Slot, { channelId }),
    ]);
    for (const { caller, known, changed } of this.watchers) {
      const seatsHeld = slots.filter((slot) => slot.isHeldBy(caller));
      const isMember = channel?.creatorId === caller.accountId || seatsHeld.length > 0;
      const seats = channel?.isOpen === true && isMember ? idsOf(seatsHeld) : undefined;
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
