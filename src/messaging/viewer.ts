import { Brackets, type SelectQueryBuilder } from 'typeorm';
import type { Standing } from '../channels/access.service.js';
import type { Entry } from './entry.entity.js';

type Seen = Pick<Entry, 'seq' | 'causeSeq' | 'hidden' | 'revealed' | 'kind' | 'from' | 'to'>;

/**
 * Whose eyes a log is read with: those of one seat, from when its holder came. Without a seat only what everyone may read
 * is seen.
 */
export class Viewer {
  private readonly seat: Standing['seat'];

  constructor({ seat }: Pick<Standing, 'seat'>) {
    this.seat = seat;
  }

  canSee({ seq, causeSeq, hidden, revealed, kind, from, to }: Seen): boolean {
    if (!hidden || revealed) return true;
    if (kind !== 'private' && kind !== 'sealed') return false;
    if (!this.seat) return false;
    const { slotId, sinceSeq } = this.seat;
    const isFor = slotId === from || (slotId === to && kind === 'private');
    // A bot may answer late: what it answers to was said before the seat changed hands.
    return isFor && (causeSeq ?? seq) > sinceSeq;
  }

  /** The same rule as a condition of a query whose alias is `entry`. */
  restrict(query: SelectQueryBuilder<Entry>): SelectQueryBuilder<Entry> {
    return query.andWhere(
      new Brackets((visible) => {
        visible.where('entry.hidden = :no', { no: false }).orWhere('entry.revealed = :yes', { yes: true });
        if (!this.seat) return;
        const { slotId, sinceSeq } = this.seat;
        visible.orWhere(
          `(COALESCE(entry.causeSeq, entry.seq) > :since AND ((entry.kind IN ('private', 'sealed') AND entry.from = :seat) OR (entry.kind = 'private' AND entry.to = :seat)))`,
          { seat: slotId, since: sinceSeq },
        );
      }),
    );
  }
}
