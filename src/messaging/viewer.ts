import type { SelectQueryBuilder } from 'typeorm';
import type { Slot } from '../channels/slot.entity.js';
import type { Entry } from './entry.entity.js';

type Seen = Pick<Entry, 'seq' | 'causeSeq' | 'hidden' | 'revealed' | 'kind' | 'from' | 'to'>;

/** The parameters of VISIBLE. */
export type VisibleTo = { readonly viewer: string; readonly since: number };

/** The condition for entries that a viewer may see, for a table or an alias `entry`. */
export const VISIBLE = `(NOT entry.hidden OR entry.revealed OR (COALESCE(entry.cause_seq, entry.seq) > :since
  AND ((entry.kind IN ('private', 'sealed') AND entry.from_id = :viewer) OR (entry.kind = 'private' AND entry.to_id = :viewer))))`;

/** A seat, and the newest entry before its holder joined. */
export type SeatOfViewer = Pick<Slot, 'slotId' | 'sinceSeq'>;

/** What one seat may read of a log, since its holder joined. Without a seat: only what everyone may read. */
export class Viewer {
  private readonly seat?: SeatOfViewer;

  constructor({ seat }: { readonly seat?: SeatOfViewer }) {
    this.seat = seat;
  }

  canSee({ seq, causeSeq, hidden, revealed, kind, from, to }: Seen): boolean {
    if (!hidden || revealed) return true;
    if (kind !== 'private' && kind !== 'sealed') return false;
    if (!this.seat) return false;
    const { slotId, sinceSeq } = this.seat;
    const isFor = slotId === from || (slotId === to && kind === 'private');
    // A bot may answer late; the message that it answers was posted before the seat changed its holder.
    return isFor && (causeSeq ?? seq) > sinceSeq;
  }

  /** The same rule, as VISIBLE has it. No slot has an empty id. */
  get values(): VisibleTo {
    return { viewer: this.seat?.slotId ?? '', since: this.seat?.sinceSeq ?? 0 };
  }

  /** The same rule as a condition of a query with the alias `entry`. */
  restrict(query: SelectQueryBuilder<Entry>): SelectQueryBuilder<Entry> {
    return query.andWhere(VISIBLE, this.values);
  }
}
