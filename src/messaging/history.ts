import { Injectable } from '@nestjs/common';
import { Brackets, type EntityManager, In, IsNull, LessThanOrEqual, MoreThan } from 'typeorm';
import type { Entropy } from '../../bot-sdk/chance.js';
import type { Player } from '../../bot-sdk/contract.js';
import { EntropyGift } from './entropy-gift.entity.js';
import { Entry } from './entry.entity.js';
import { Seating } from './seating.entity.js';

/** An entry without its body. */
export type EntryHead = Pick<Entry, (typeof HEAD)[number]>;
const HEAD = ['channelId', 'seq', 'kind', 'from', 'to', 'hidden', 'revealed', 'type', 'causeSeq'] as const;

/**
 * The state of a channel at a position of its log. Everything is computed from entries, so that anyone can verify it.
 */
@Injectable()
export class History {
  async head(tx: EntityManager, channelId: string): Promise<number> {
    const newest = await tx.findOne(Entry, {
      where: { channelId },
      order: { seq: 'DESC' },
      select: { channelId: true, seq: true },
    });
    return newest?.seq ?? 0;
  }

  entry(tx: EntityManager, channelId: string, seq: number): Promise<Entry | null> {
    return tx.findOneBy(Entry, { channelId, seq });
  }

  entries(tx: EntityManager, channelId: string, seqs: number[]): Promise<Entry[]> {
    return tx.find(Entry, { where: { channelId, seq: In(seqs) }, order: { seq: 'ASC' } });
  }

  heads(tx: EntityManager, channelId: string, seqs: number[]): Promise<EntryHead[]> {
    return tx
      .createQueryBuilder(Entry, 'entry')
      .select(HEAD.map((column) => `entry.${column}`))
      .where({ channelId, seq: In(seqs) })
      .getMany();
  }

  /** The size of the body of each of these entries, in bytes. */
  async sizes(tx: EntityManager, channelId: string, seqs: number[]): Promise<Map<number, number>> {
    const rows = await tx
      .createQueryBuilder(Entry, 'entry')
      .select('entry.seq', 'seq')
      .addSelect('OCTET_LENGTH(entry.opening)', 'bytes')
      .where({ channelId, seq: In(seqs) })
      .getRawMany<{ seq: number; bytes: number }>();
    return new Map(rows.map(({ seq, bytes }) => [seq, bytes]));
  }

  /**
   * Entries after `after`, up to `upTo`, that may concern a bot: messages and changes of members, messages to it, and
   * messages of other bots if it listens to them. Without the bodies, which may be large.
   */
  heardBy(
    tx: EntityManager,
    { channelId, botId, hearsBots }: { channelId: string; botId: string; hearsBots: boolean },
    after: number,
    upTo: number,
    limit: number,
  ): Promise<EntryHead[]> {
    return tx
      .createQueryBuilder(Entry, 'entry')
      .select(HEAD.map((column) => `entry.${column}`))
      .where('entry.channelId = :channelId AND entry.seq > :after AND entry.seq <= :upTo', { channelId, after, upTo })
      .andWhere(
        new Brackets((heard) => {
          heard
            .where("entry.kind = 'user'")
            .orWhere("entry.type IN ('member_joined', 'member_left', 'bot:attach', 'round:commit', 'control:debug')")
            .orWhere('entry.to = :botId', { botId });
          if (hearsBots) heard.orWhere("entry.kind IN ('bot', 'control')");
        }),
      )
      .orderBy('entry.seq')
      .limit(limit)
      .getMany();
  }

  /** The entries that answer one of these entries. */
  causedBy(tx: EntityManager, channelId: string, seqs: number[]): Promise<Pick<Entry, 'seq' | 'kind'>[]> {
    return tx.find(Entry, {
      where: { channelId, causeSeq: In(seqs) },
      select: { channelId: true, seq: true, kind: true },
    });
  }

  /** The players right after entry `upTo`, in the order in which they joined. */
  async players(tx: EntityManager, channelId: string, upTo: number): Promise<Player[]> {
    const where = { channelId, seq: LessThanOrEqual(upTo) };
    const newest = await tx.findOne(Seating, { where, order: { seq: 'DESC' } });
    return newest?.players ?? [];
  }

  /** What the creator and everyone who joined before `before` added to the randomness (docs/log-format.md). */
  async entropy(tx: EntityManager, channelId: string, before: number): Promise<Entropy> {
    const gifts = await tx
      .createQueryBuilder(EntropyGift, 'gift')
      .select(['gift.seq AS seq', 'gift.text AS text'])
      .where('gift.channelId = :channelId AND gift.seq < :before', { channelId, before })
      .orderBy('gift.seq')
      .getRawMany<{ seq: number; text: string }>();
    return gifts.map(({ seq, text }) => [seq, text]);
  }

  /** Public entries after `after`, up to `upTo`, newest first, with their sizes in bytes. */
  openSizes(
    tx: EntityManager,
    channelId: string,
    after: number,
    upTo: number,
  ): Promise<{ seq: number; bytes: number }[]> {
    return tx
      .createQueryBuilder(Entry, 'entry')
      .select('entry.seq', 'seq')
      .addSelect('OCTET_LENGTH(entry.opening)', 'bytes')
      .where('entry.channelId = :channelId AND entry.seq > :after AND entry.seq <= :upTo', { channelId, after, upTo })
      .andWhere('(entry.hidden = :no OR entry.revealed = :yes)', { no: false, yes: true })
      .orderBy('entry.seq', 'DESC')
      .getRawMany<{ seq: number; bytes: number }>();
  }

  /** The newest visible entry of a sender with a body type. */
  lastSaid(tx: EntityManager, channelId: string, from: string, type: string): Promise<Entry | null> {
    return tx.findOne(Entry, { where: { channelId, from, type }, order: { seq: 'DESC' } });
  }

  /** The newest public entry of a sender with one of these body types. */
  lastSaidToAll(tx: EntityManager, channelId: string, from: string, types: string[]): Promise<EntryHead | null> {
    return tx
      .createQueryBuilder(Entry, 'entry')
      .select(HEAD.map((column) => `entry.${column}`))
      .where({ channelId, from, type: In(types), to: IsNull(), hidden: false })
      .orderBy('entry.seq', 'DESC')
      .limit(1)
      .getOne();
  }

  /** Whether anything was posted from one of these seats after an entry, public or not. */
  haveSpoken(tx: EntityManager, channelId: string, seats: string[], after: number): Promise<boolean> {
    return tx.existsBy(Entry, { channelId, from: In(seats), seq: MoreThan(after) });
  }

  /** Makes the opening of a hidden entry public. */
  async reveal(tx: EntityManager, { channelId, seq }: Entry) {
    await tx.update(Entry, { channelId, seq }, { revealed: true });
  }
}
