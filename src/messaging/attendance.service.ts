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
    const accountId = entry.accountId ?? '';
    await assertMayGive(tx, channelId, accountId);
    await tx.insert(EntropyGift, { channelId, seq, text, accountId });
  }
}

/** So many are hashed before each hook without asking whose they are. */
const MAX_UNSHARED_GIFTS = 1_000;

/**
 * Throws where this account gives no more. All gifts are hashed before each hook, so they have an end; it is the account's own, so
 * nobody's joining and leaving takes a share of the randomness from others.
 */
async function assertMayGive(tx: EntityManager, channelId: string, accountId: string) {
  const isMuch = (await tx.countBy(EntropyGift, { channelId })) >= MAX_UNSHARED_GIFTS;
  const limit = isMuch ? 1 : CAPS.entropy_gifts.most;
  if ((await tx.countBy(EntropyGift, { channelId, accountId })) < limit) return;
  const given =
    limit === 1 ? 'you have given this channel some already' : `you have given this channel some ${limit} times`;
  throw new DomainError('INVALID_REQUEST', `entropy: ${given}; join without`, { limit });
}
