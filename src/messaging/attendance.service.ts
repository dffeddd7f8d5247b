import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChannelRetired } from '../channels/channel.events.js';
import { DomainError } from '../kernel/errors.js';
import { Events } from '../platform/events.js';
import { CAPS } from '../platform/limits/caps.js';
import { EntropyGift } from './entropy-gift.entity.js';
import type { Entry } from './entry.entity.js';
import { History } from './history.js';
import { EntryAppended } from './log.service.js';
import { entropyIn, GIVERS, MOVES, playersAfter } from './membership.js';
import { Seating } from './seating.entity.js';

/**
 * Keeps, in the write of each entry, what it changed about who plays and about the randomness of the channel: every hook
 * asks for both, and a channel in which people come and go for years must not make that slower.
 */
@Injectable()
export class Attendance {
  constructor(
    events: Events,
    private readonly history: History,
  ) {
    events.on(EntryAppended, ({ entry }, tx) => this.record(tx, entry));
    events.on(ChannelRetired, async ({ channelId }, tx) => {
      for (const table of [Seating, EntropyGift]) await tx.delete(table, { channelId });
    });
  }

  private async record(tx: EntityManager, entry: Entry) {
    const { channelId, seq, type } = entry;
    if (MOVES.includes(type)) {
      const before = await this.history.players(tx, channelId, seq - 1);
      await tx.insert(Seating, { channelId, seq, players: playersAfter(before, type, entry.body()) });
    }
    const text = GIVERS.includes(type) ? entropyIn(entry.body()) : undefined;
    if (text === undefined) return;
    await assertRoomForEntropy(tx, channelId);
    await tx.insert(EntropyGift, { channelId, seq, text });
  }
}

/** All of it is hashed before each hook. */
async function assertRoomForEntropy(tx: EntityManager, channelId: string) {
  const { most } = CAPS.entropy_gifts;
  if ((await tx.countBy(EntropyGift, { channelId })) < most) return;
  throw new DomainError('INVALID_REQUEST', `entropy: this channel was given some ${most} times; join without`, {
    limit: most,
  });
}
