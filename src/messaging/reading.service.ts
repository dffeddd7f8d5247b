import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChannelAccess, type ChannelNow, type ChannelStanding } from '../channels/channel-access.service.js';
import { BoundedMap } from '../kernel/bounded-map.js';
import type { Caller } from '../kernel/caller.js';
import { Database } from '../platform/database/database.js';
import { CAPS, fittingCount } from '../platform/limits/caps.js';
import { Entry } from './entry.entity.js';
import {
  ENTRIES_AFTER,
  ENTRIES_BETWEEN,
  REPLIES_BETWEEN,
  SAID_BETWEEN,
  SEEN_BETWEEN,
  SEQS_AFTER,
  SIZES_AFTER,
  SIZES_OF_LATEST,
  SIZES_OF_REPLIES,
  type Sized,
} from './entry-statements.js';
import { NextEntryWait } from './next-entry-wait.js';
import { type Arrival, Tail } from './tail.js';
import { Viewer, type VisibleTo } from './viewer.js';

/** Counting stops here: the exact number beyond it is useless. */
const MAX_COUNTED = 1_000;

/** The number of seats that are remembered. If one is forgotten, its caller may only read some messages twice. */
const MAX_SEEN = 50_000;

/** How many new entries are read for all whom one of them wakes; if there are more, each reads for itself. */
const MAX_SHARED = 16;

/** What those whom an entry wakes read alike. */
interface Arrived {
  readonly channel: ChannelNow;
  readonly entries: readonly Entry[];
}

export interface MessagePage {
  readonly entries: Entry[];
  /** The newest id that the reader has now seen. */
  readonly cursor: number;
  readonly hasMore: boolean;
}

export interface Wait {
  readonly channelId: string;
  /** The seat whose view it is, if the reader has several. */
  readonly seat?: string | null;
  /** The reader's rights when an earlier wait began that this one continues. */
  readonly began?: ChannelStanding;
  readonly cursor: number;
  readonly limit: number;
  /** The maximum size of the answer in bytes, if it is larger than a page. */
  readonly bytes?: number;
  readonly timeoutMs: number;
  /** Aborts when the caller disconnects. */
  readonly signal: AbortSignal;
}

/** Reads a log from the view of one seat. */
@Injectable()
export class Reading {
  /** The newest id that each seat was given, so that an answer to a post never skips what others said meanwhile. */
  private readonly newestGiven = new BoundedMap<number>(MAX_SEEN);

  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly tail: Tail,
  ) {}

  /** The messages after the cursor that the caller may see, oldest first. */
  async page(standing: ChannelStanding, cursor: number, limit: number, bytes?: number): Promise<MessagePage> {
    const { channel } = standing;
    const after = Math.min(Math.max(0, cursor), channel.lastSeq);
    const asked = askedBy(standing);
    const found = await SIZES_AFTER.run(this.database.read, { ...asked, after, limit: limit + 1 });
    // Later entries may be for whoever has the seat by then.
    const sizes = found.filter(({ seq }) => seq <= channel.lastSeq);
    const load: Load = (range) => ENTRIES_BETWEEN.all(this.database.read, { ...asked, ...range });
    const { entries, isAll } = await fitting(sizes, load, limit, bytes);
    const page = { entries, cursor: entries.at(-1)?.seq ?? after, hasMore: !isAll };
    this.remember(standing, page.cursor);
    return page;
  }

  /**
   * Like `page`, but if the page is empty it waits for a message, at most `timeoutMs` or until the caller disconnects.
   */
  async nextPage(caller: Caller, { channelId, seat, began, cursor, limit, bytes, timeoutMs, signal }: Wait) {
    const until = Date.now() + timeoutMs;
    const { read } = this.database;
    let first = began;
    let after = cursor;
    let arrival: Arrival | undefined;
    for (;;) {
      const news = new NextEntryWait(this.tail, channelId, signal);
      try {
        const now = arrival && (await this.arrived(arrival, channelId, after));
        // A caller who takes a second seat during the wait continues in the first one.
        const standing = await (first
          ? this.access.recheck(read, first, now?.channel)
          : this.access.standing(read, channelId, caller, seat));
        first ??= standing;
        const page = pageOf(now?.entries, standing, limit, bytes) ?? (await this.page(standing, after, limit, bytes));
        this.remember(standing, page.cursor);
        // A cursor beyond the end means the end at the start of the wait.
        after = page.cursor;
        const remainingMs = until - Date.now();
        const stopped = this.tail.stopped.aborted;
        if (page.entries.length || remainingMs <= 0 || signal.aborted || stopped) return { standing, page, stopped };
        arrival = await news.within(remainingMs, new Viewer(standing), standing.channel.lastSeq);
      } finally {
        news.stop();
      }
    }
  }

  /** The channel and its entries after `after`, read once for all whom an entry wakes; undefined if these are many. */
  private arrived(arrival: Arrival, channelId: string, after: number): Promise<Arrived | undefined> {
    return arrival.share(after, async () => {
      const { read } = this.database;
      const now = await this.access.now(read, channelId);
      const entries = await ENTRIES_AFTER.all(read, { channelId, after, limit: MAX_SHARED + 1 });
      if (entries.length > MAX_SHARED) return undefined;
      // As in `page`: later entries may be for others than those who have the seats now.
      const lastSeq = now.channel?.lastSeq ?? 0;
      return { channel: now, entries: entries.filter(({ seq }) => seq <= lastSeq) };
    });
  }

  /**
   * The newest messages that the caller may see, in ascending order, as many as fit into one answer. They still count
   * as unread.
   */
  async latest(tx: EntityManager, standing: ChannelStanding, limit: number): Promise<Entry[]> {
    const asked = askedBy(standing);
    const sizes = await SIZES_OF_LATEST.run(tx, { ...asked, limit });
    return (await fitting(sizes, (range) => ENTRIES_BETWEEN.all(tx, { ...asked, ...range }), limit)).entries;
  }

  /**
   * The number of unread messages of this seat (up to MAX_COUNTED), and the cursor to read them from. A seat that has
   * not read anything begins at the start of the log, because the rules of a bot may be there.
   */
  async unread(
    tx: EntityManager,
    standing: ChannelStanding,
  ): Promise<{ cursor: number; count: number; isFirst: boolean }> {
    const newestSeq = this.newestGiven.get(keyOf(standing));
    const cursor = newestSeq ?? 0;
    return { cursor, count: await this.countAfter(tx, standing, cursor), isFirst: newestSeq === undefined };
  }

  /** The newest id that the caller may see; 0 if there is none. */
  async newest(tx: EntityManager, standing: ChannelStanding): Promise<number> {
    const query = tx
      .createQueryBuilder(Entry, 'entry')
      .select(['entry.channelId', 'entry.seq'])
      .where('entry.channelId = :id', { id: standing.channel.id })
      .orderBy('entry.seq', 'DESC')
      .limit(1);
    return (await new Viewer(standing).restrict(query).getOne())?.seq ?? 0;
  }

  /** One message, if the caller may read it. */
  async message({ channel, ...standing }: ChannelStanding, seq: number): Promise<Entry | undefined> {
    const entry = await this.database.read.findOneBy(Entry, { channelId: channel.id, seq });
    return entry && new Viewer(standing).canSee(entry) ? entry : undefined;
  }

  /** The number of messages after `seq` that the caller may see, up to MAX_COUNTED. */
  async countAfter(tx: EntityManager, standing: ChannelStanding, seq: number): Promise<number> {
    if (seq >= standing.channel.lastSeq) return 0;
    return (await SEQS_AFTER.run(tx, { ...askedBy(standing), after: seq, limit: MAX_COUNTED })).length;
  }

  /** The answers of bots to an entry, as many as the caller may see and fit into one answer. */
  async repliesTo(standing: ChannelStanding, seq: number): Promise<Entry[]> {
    const asked = askedBy(standing);
    const limit = CAPS.page_messages.most;
    const { read: db } = this.database;
    const sizes = await SIZES_OF_REPLIES.run(db, { ...asked, cause: seq, limit });
    const load: Load = (range) => REPLIES_BETWEEN.all(db, { ...asked, cause: seq, ...range });
    return (await fitting(sizes, load, limit)).entries;
  }

  /**
   * The cursor to sync from after an answer that showed `shown`: after these messages, unless this seat has not been
   * given an earlier one. For a seat that has not read anything, only messages of other members since it joined count.
   */
  async cursorAfter(standing: Seated, shown: readonly number[]): Promise<number> {
    const end = Math.max(...shown);
    const newestSeq = this.newestGiven.get(keyOf(standing));
    const from = newestSeq ?? standing.seat.sinceSeq;
    const isAllShown = end - from <= shown.filter((seq) => seq > from).length;
    if (!isAllShown && (await this.hasOthersBetween(standing, from, end, shown))) return from;
    this.remember(standing, end);
    return end;
  }

  /** Whether the seat may see entries after `from`, up to `end`, besides those that are shown. */
  private async hasOthersBetween(standing: Seated, from: number, end: number, shown: readonly number[]) {
    const { read: db } = this.database;
    const asked = { ...askedBy(standing), from, end, limit: shown.length + 1 };
    const own = standing.seat.slotId;
    const between = await (this.newestGiven.has(keyOf(standing))
      ? SEEN_BETWEEN.run(db, asked)
      : SAID_BETWEEN.run(db, { ...asked, own }));
    return between.some(({ seq }) => !shown.includes(seq));
  }

  private remember(standing: ChannelStanding, cursor: number) {
    if (standing.seat) this.newestGiven.set(keyOf(standing), cursor);
  }
}

const keyOf = ({ caller, channel, seat }: ChannelStanding) => `${channel.id} ${caller.sessionId} ${seat?.slotId ?? ''}`;

type Seated = ChannelStanding & Required<Pick<ChannelStanding, 'seat'>>;

type Load = (range: { first: number; last: number }) => Promise<Entry[]>;

type Asked = VisibleTo & { readonly channelId: string };
const askedBy = (standing: ChannelStanding): Asked => ({
  channelId: standing.channel.id,
  ...new Viewer(standing).values,
});

/**
 * Those of the sized entries that fit into one answer, in ascending order: at most `limit`, and at most a page of bytes
 * or one larger entry. The sizes are read first, so that no other bodies are loaded.
 */
async function fitting(sizes: readonly Sized[], load: Load, limit: number, bytes?: number) {
  const fit = new Set(sizes.slice(0, fittingCount(sizes.slice(0, limit), bytes)).map(({ seq }) => seq));
  if (!fit.size) return { entries: [], isAll: !sizes.length };
  const loaded = await load({ first: Math.min(...fit), last: Math.max(...fit) });
  const entries = loaded.filter(({ seq }) => fit.has(seq));
  return { entries, isAll: entries.length === sizes.length };
}

/** The page of a caller among entries that were read for several; undefined if they do not fit into one answer. */
function pageOf(
  entries: readonly Entry[] | undefined,
  standing: ChannelStanding,
  limit: number,
  bytes?: number,
): MessagePage | undefined {
  const viewer = new Viewer(standing);
  const visible = entries?.filter((entry) => viewer.canSee(entry)) ?? [];
  const last = visible.at(-1);
  const sizes = visible.map(({ opening }) => ({ bytes: Buffer.byteLength(opening) }));
  if (!last || visible.length > limit || fittingCount(sizes, bytes) < visible.length) return undefined;
  return { entries: visible, cursor: last.seq, hasMore: false };
}
