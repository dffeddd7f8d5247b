import { Injectable } from '@nestjs/common';
import { Brackets, type EntityManager, In, LessThanOrEqual, MoreThan } from 'typeorm';
import type { Entropy } from '../../bot-sdk/chance.js';
import type { Player } from '../../bot-sdk/contract.js';
import { EntropyGift } from './entropy-gift.entity.js';
import { Entry } from './entry.entity.js';
import { Seating } from './seating.entity.js';

/** What an entry is without what it says. */
export type EntryHead = Pick<Entry, (typeof HEAD)[number]>;
const HEAD = ['channelId', 'seq', 'kind', 'from', 'to', 'hidden', 'revealed', 'type', 'causeSeq'] as const;

/** What the log says was so at a place in it. Everything is read from entries, so that anyone can read the same again. */
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

  /** How many bytes each of these entries says. */
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
   * Entries after `after`, up to `upTo`, that may concern a bot: what members say, who comes and goes, what is for it, and
   * what other bots say where it hears them. Without what they say, which may be much.
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

  /** What was said because of any of these entries, and what that left behind. */
  causedBy(tx: EntityManager, channelId: string, seqs: number[]): Promise<Pick<Entry, 'seq' | 'kind'>[]> {
    return tx.find(Entry, {
      where: { channelId, causeSeq: In(seqs) },
      select: { channelId: true, seq: true, kind: true },
    });
  }

  /** Who sat in a player's seat right after entry `upTo`, in the order in which they came. */
  async players(tx: EntityManager, channelId: string, upTo: number): Promise<Player[]> {
    const where = { channelId, seq: LessThanOrEqual(upTo) };
    const newest = await tx.findOne(Seating, { where, order: { seq: 'DESC' } });
    return newest?.players ?? [];
  }

  /** What the creator and everyone who joined before `before` added to the randomness (design "Chance"). */
  async entropy(tx: EntityManager, channelId: string, before: number): Promise<Entropy> {
    const gifts = await tx
      .createQueryBuilder(EntropyGift, 'gift')
      .select(['gift.seq AS seq', 'gift.text AS text'])
      .where('gift.channelId = :channelId AND gift.seq < :before', { channelId, before })
      .orderBy('gift.seq')
      .getRawMany<{ seq: number; text: string }>();
    return gifts.map(({ seq, text }) => [seq, text]);
  }

  /** The entries after `after`, up to `upTo`, that everyone in the channel may read, newest first, and how many bytes each says. */
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

  /** Entries of the server itself with one of these body types, after `after`. */
  typedAfter(tx: EntityManager, channelId: string, types: string[], after: number): Promise<Entry[]> {
    return tx.find(Entry, { where: { channelId, from: 'system', type: In(types), seq: MoreThan(after) } });
  }

  /** The newest visible entry of one sender with one body type. */
  lastSaid(tx: EntityManager, channelId: string, from: string, type: string): Promise<Entry | null> {
    return tx.findOne(Entry, { where: { channelId, from, type }, order: { seq: 'DESC' } });
  }

  /** Whether anything was said from one of these seats after an entry, to whomever. */
  haveSpoken(tx: EntityManager, channelId: string, seats: string[], after: number): Promise<boolean> {
    return tx.existsBy(Entry, { channelId, from: In(seats), seq: MoreThan(after) });
  }

  /** From now on everyone may have the opening of a hidden entry. */
  async reveal(tx: EntityManager, { channelId, seq }: Entry) {
    await tx.update(Entry, { channelId, seq }, { revealed: true });
  }
}
