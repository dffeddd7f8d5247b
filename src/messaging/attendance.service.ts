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
import { ENTROPY_TYPES, entropyIn, MEMBERSHIP_TYPES, playersAfter } from './membership.js';
import { Seating } from './seating.entity.js';

/**
 * Stores, in the write of each entry, the players and the entropy after it. Every hook needs both, and reading them
 * from a long log would be slow.
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
    if (MEMBERSHIP_TYPES.includes(type)) {
      const before = await this.history.players(tx, channelId, seq - 1);
      await tx.insert(Seating, { channelId, seq, players: playersAfter(before, type, entry.body()) });
    }
    const text = ENTROPY_TYPES.includes(type) ? entropyIn(entry.body()) : undefined;
    if (text === undefined) return;
    const accountId = entry.accountId ?? '';
    await assertMayGive(tx, channelId, accountId);
    await tx.insert(EntropyGift, { channelId, seq, text, accountId });
  }
}

/** With this many contributions in a channel, each account can give only one, because all are hashed before each hook. */
const MAX_GIFTS_AT_FULL_LIMIT = 1_000;

/**
 * Throws if this account may not contribute further entropy. All contributions are hashed before each hook, so their
 * number is limited, per account, so that one member cannot use up the contributions of others.
 */
async function assertMayGive(tx: EntityManager, channelId: string, accountId: string) {
  const hasManyGifts = (await tx.countBy(EntropyGift, { channelId })) >= MAX_GIFTS_AT_FULL_LIMIT;
  const limit = hasManyGifts ? 1 : CAPS.entropy_gifts.most;
  if ((await tx.countBy(EntropyGift, { channelId, accountId })) < limit) return;
  const reason =
    limit === 1
      ? 'your account has already given entropy to this channel'
      : `your account has given entropy to this channel ${limit} times`;
  throw new DomainError('INVALID_REQUEST', `${reason}; join without entropy`, { limit });
}
