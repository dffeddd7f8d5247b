import { InsertStatement, RowStatement, Statement } from '../platform/database/statements.js';
import { Entry } from './entry.entity.js';
import { VISIBLE, type VisibleTo } from './viewer.js';

export const INSERT_ENTRY = new InsertStatement(Entry);

type Of = VisibleTo & { readonly channelId: string };
type Range = Of & { readonly first: number; readonly last: number };

/** An entry with the size of its body. */
export interface Sized {
  readonly seq: number;
  readonly bytes: number;
}
const SIZED = 'SELECT entry.seq, OCTET_LENGTH(entry.opening) AS bytes FROM entry WHERE entry.channel_id = :channelId';

/** What one seat may see after a cursor. */
export const SIZES_AFTER = new Statement<Of & { after: number; limit: number }, Sized>(
  `${SIZED} AND entry.seq > :after AND ${VISIBLE} ORDER BY entry.seq LIMIT :limit`,
);

export const SEQS_AFTER = new Statement<Of & { after: number; limit: number }, Pick<Sized, 'seq'>>(
  `SELECT entry.seq FROM entry WHERE entry.channel_id = :channelId AND entry.seq > :after AND ${VISIBLE}
  ORDER BY entry.seq LIMIT :limit`,
);

/** The newest that one seat may see, newest first. */
export const SIZES_OF_LATEST = new Statement<Of & { limit: number }, Sized>(
  `${SIZED} AND ${VISIBLE} ORDER BY entry.seq DESC LIMIT :limit`,
);

/** The answers to an entry that one seat may see. Without the `+` SQLite would read the whole log in order of `seq`. */
export const SIZES_OF_REPLIES = new Statement<Of & { cause: number; limit: number }, Sized>(
  `${SIZED} AND entry.cause_seq = :cause AND ${VISIBLE} ORDER BY +entry.seq LIMIT :limit`,
);

export const ENTRIES_BETWEEN = new RowStatement<Entry, Range>(
  Entry,
  'entry',
  `WHERE entry.channel_id = :channelId AND entry.seq BETWEEN :first AND :last AND ${VISIBLE} ORDER BY entry.seq`,
);

export const REPLIES_BETWEEN = new RowStatement<Entry, Range & { cause: number }>(
  Entry,
  'entry',
  `WHERE entry.channel_id = :channelId AND entry.cause_seq = :cause AND +entry.seq BETWEEN :first AND :last AND ${VISIBLE}
  ORDER BY +entry.seq`,
);

/** Which entries one seat may see between two others. */
const SEEN = `SELECT entry.seq FROM entry WHERE entry.channel_id = :channelId AND entry.seq > :from AND entry.seq <= :end AND ${VISIBLE}`;
type Seen = Of & { from: number; end: number; limit: number };
export const SEEN_BETWEEN = new Statement<Seen, Pick<Sized, 'seq'>>(`${SEEN} LIMIT :limit`);

/** The same, only messages of other members. */
export const SAID_BETWEEN = new Statement<Seen & { own: string }, Pick<Sized, 'seq'>>(
  `${SEEN} AND entry.kind IN ('user', 'private') AND entry.from_id <> :own LIMIT :limit`,
);

/** All entries after one, whoever may read them, so that several callers can be served from them. */
export const ENTRIES_AFTER = new RowStatement<Entry, { channelId: string; after: number; limit: number }>(
  Entry,
  'entry',
  'WHERE channel_id = :channelId AND seq > :after ORDER BY seq LIMIT :limit',
);
