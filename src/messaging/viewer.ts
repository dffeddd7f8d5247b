import { Brackets, type SelectQueryBuilder } from 'typeorm';
import type { Standing } from '../channels/access.service.js';
import type { Entry } from './entry.entity.js';

type Seen = Pick<Entry, 'seq' | 'causeSeq' | 'hidden' | 'revealed' | 'kind' | 'from' | 'to'>;

/**
 * Whose eyes a log is read with: the seats of one session, each from when its holder came. Without a seat only what
 * everyone may read is seen.
 */
export class Viewer {
  private readonly seats: Standing['seats'];

  constructor({ seats }: Pick<Standing, 'seats'>) {
    this.seats = seats;
  }

  canSee({ seq, causeSeq, hidden, revealed, kind, from, to }: Seen): boolean {
    if (!hidden || revealed) return true;
    if (kind !== 'private' && kind !== 'sealed') return false;
    const isFor = (slotId: string) => slotId === from || (slotId === to && kind === 'private');
    // A bot may answer late: what it answers to was said before the seat changed hands.
    return this.seats.some(({ slotId, sinceSeq }) => (causeSeq ?? seq) > sinceSeq && isFor(slotId));
  }

  /** The same rule as a condition of a query whose alias is `entry`. */
  restrict(query: SelectQueryBuilder<Entry>): SelectQueryBuilder<Entry> {
    return query.andWhere(
      new Brackets((visible) => {
        visible.where('entry.hidden = :no', { no: false }).orWhere('entry.revealed = :yes', { yes: true });
        for (const [i, { slotId, sinceSeq }] of this.seats.entries()) {
          visible.orWhere(
            `(COALESCE(entry.causeSeq, entry.seq) > :since${i} AND ((entry.kind IN ('private', 'sealed') AND entry.from = :seat${i}) OR (entry.kind = 'private' AND entry.to = :seat${i})))`,
            { [`seat${i}`]: slotId, [`since${i}`]: sinceSeq },
          );
        }
      }),
    );
  }
}
