import { Injectable } from '@nestjs/common';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { Access, type Standing } from '../channels/access.service.js';
import type { Caller } from '../kernel/caller.js';
import { Database } from '../platform/database.js';
import { CAPS, fittingCount } from '../platform/limits/caps.js';
import { Entry } from './entry.entity.js';
import { News } from './news.js';
import { Tail } from './tail.js';
import { Viewer } from './viewer.js';

/** Nobody reads on from a larger count than from this one, and more would only be counted. */
const MAX_COUNTED = 1_000;

export interface Page {
  readonly entries: Entry[];
  /** The newest id the reader has now seen. */
  readonly cursor: number;
  readonly hasMore: boolean;
}

export interface Wait {
  readonly channelId: string;
  /** Whose view it is, where the reader holds several seats. */
  readonly seat?: string | null;
  /** How the reader stood when an earlier wait began that this one goes on with. */
  readonly began?: Standing;
  readonly cursor: number;
  readonly limit: number;
  readonly timeoutMs: number;
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
}

/** Reading a log with the eyes of one seat. */
@Injectable()
export class Reading {
  /** The newest id that each seat was given, so that an answer to a post never skips what others said meanwhile. */
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly access: Access,
    private readonly tail: Tail,
  ) {}

  /** What the caller may see after the cursor, oldest first. */
  async page(standing: Standing, cursor: number, limit: number): Promise<Page> {
    const { channel } = standing;
    const after = Math.min(Math.max(0, cursor), channel.lastSeq);
    const query = this.database.read
      .createQueryBuilder(Entry, 'entry')
      .where('entry.channelId = :id AND entry.seq > :after', { id: channel.id, after })
      .orderBy('entry.seq')
      .limit(limit + 1);
    const { entries, isAll } = await fitting(new Viewer(standing).restrict(query), limit);
    const page = { entries, cursor: entries.at(-1)?.seq ?? after, hasMore: !isAll };
    this.remember(standing, page.cursor);
    return page;
  }

  /** As `page`, but an empty page waits for news, at most `timeoutMs`, and ends early when the caller goes away. */
  async nextPage(caller: Caller, { channelId, seat, began, cursor, limit, timeoutMs, signal }: Wait) {
    const until = Date.now() + timeoutMs;
    const { read } = this.database;
    let first = began;
    let after = cursor;
    for (;;) {
      const news = new News(this.tail, channelId, signal);
      try {
        // Who takes a second seat meanwhile goes on waiting in the first.
        const look = first ? this.access.again(read, first) : this.access.standing(read, channelId, caller, seat);
        const standing = await look;
        first ??= standing;
        const page = await this.page(standing, after, limit);
        // A cursor beyond the end means the end as it was when the wait began.
        after = page.cursor;
        const left = until - Date.now();
        const stopped = this.tail.stopped.aborted;
        if (page.entries.length || left <= 0 || signal.aborted || stopped) return { standing, page, stopped };
        await news.within(left, new Viewer(standing), standing.channel.lastSeq);
      } finally {
        news.stop();
      }
    }
  }

  /** The newest that the caller may see, oldest of them first, as many as one answer can carry. It counts as unread still. */
  async latest(tx: EntityManager, standing: Standing, limit: number): Promise<Entry[]> {
    const query = tx
      .createQueryBuilder(Entry, 'entry')
      .where('entry.channelId = :id', { id: standing.channel.id })
      .orderBy('entry.seq', 'DESC')
      .limit(limit);
    return (await fitting(new Viewer(standing).restrict(query), limit)).entries.reverse();
  }

  /** How much is behind what this seat was given last, as far as it is counted, and from where to read it. */
  async unread(tx: EntityManager, standing: Standing): Promise<{ cursor: number; count: number }> {
    const cursor = this.seen.get(keyOf(standing)) ?? standing.seat?.sinceSeq ?? 0;
    return { cursor, count: await this.countAfter(tx, standing, cursor) };
  }

  /** The newest id that the caller may see; 0 where there is none. */
  async newest(tx: EntityManager, standing: Standing): Promise<number> {
    const query = tx
      .createQueryBuilder(Entry, 'entry')
      .select(['entry.channelId', 'entry.seq'])
      .where('entry.channelId = :id', { id: standing.channel.id })
      .orderBy('entry.seq', 'DESC')
      .limit(1);
    return (await new Viewer(standing).restrict(query).getOne())?.seq ?? 0;
  }

  /** One message, if it is the caller's to read. */
  async message({ channel, ...standing }: Standing, seq: number): Promise<Entry | undefined> {
    const entry = await this.database.read.findOneBy(Entry, { channelId: channel.id, seq });
    return entry && new Viewer(standing).canSee(entry) ? entry : undefined;
  }

  /** How many entries behind `seq` the caller may see, counted up to a thousand. */
  async countAfter(tx: EntityManager, standing: Standing, seq: number): Promise<number> {
    const query = tx
      .createQueryBuilder(Entry, 'entry')
      .select('entry.seq', 'seq')
      .where('entry.channelId = :id AND entry.seq > :seq', { id: standing.channel.id, seq })
      .orderBy('entry.seq')
      .limit(MAX_COUNTED);
    return (await new Viewer(standing).restrict(query).getRawMany()).length;
  }

  /** What bots answered to one entry, as far as the caller may see it and one answer can carry. */
  async repliesTo(standing: Standing, seq: number): Promise<Entry[]> {
    const query = this.database.read
      .createQueryBuilder(Entry, 'entry')
      .where('entry.channelId = :id AND entry.causeSeq = :seq', { id: standing.channel.id, seq })
      .orderBy('entry.seq')
      .limit(CAPS.page_messages.most);
    return (await fitting(new Viewer(standing).restrict(query), CAPS.page_messages.most)).entries;
  }

  /**
   * From where to sync after an answer that showed `shown`: behind it, unless something came in between that this seat has
   * not been given yet. Of a seat that has not read at all only what other members said counts, since it came.
   */
  async cursorAfter(standing: Standing & Required<Pick<Standing, 'seat'>>, shown: readonly number[]): Promise<number> {
    const end = Math.max(...shown);
    const read = this.seen.get(keyOf(standing));
    const { slotId: own, sinceSeq } = standing.seat;
    const from = read ?? sinceSeq;
    const query = this.database.read
      .createQueryBuilder(Entry, 'entry')
      .select('entry.seq')
      .where('entry.channelId = :id AND entry.seq > :from AND entry.seq <= :end', {
        id: standing.channel.id,
        from,
        end,
      })
      .limit(shown.length + 1);
    if (read === undefined) {
      query.andWhere("entry.kind IN ('user', 'private') AND entry.from <> :own", { own });
    }
    const between = await new Viewer(standing).restrict(query).getMany();
    if (between.some(({ seq }) => !shown.includes(seq))) return from;
    this.remember(standing, end);
    return end;
  }

  private remember(standing: Standing, cursor: number) {
    if (!standing.seat) return;
    const key = keyOf(standing);
    // Newest last, so that the oldest can be forgotten: it only costs a caller reading something twice.
    this.seen.delete(key);
    this.seen.set(key, cursor);
    if (this.seen.size > 50_000) this.seen.delete(this.seen.keys().next().value as string);
  }
}

const keyOf = ({ caller, channel, seat }: Standing) => `${channel.id} ${caller.sessionId} ${seat?.slotId ?? ''}`;

/**
 * As many of the entries that a query finds, in its order, as one answer can carry: at most `limit`, and at most a page of
 * bytes or a single larger entry. How large they are is asked first, so that no others are read.
 */
async function fitting(query: SelectQueryBuilder<Entry>, limit: number) {
  const sizes = await query
    .clone()
    .select('entry.seq', 'seq')
    .addSelect('OCTET_LENGTH(entry.opening)', 'bytes')
    .getRawMany<{ seq: number; bytes: number }>();
  const fit = fittingCount(sizes.slice(0, limit));
  const seqs = sizes.slice(0, fit).map(({ seq }) => seq);
  const entries = seqs.length ? await query.andWhere('entry.seq IN (:...seqs)', { seqs }).getMany() : [];
  return { entries, isAll: entries.length === sizes.length };
}
