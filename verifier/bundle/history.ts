import type { OpenEntry } from './entry.js';
import type { Log } from './log.js';

export interface Player {
  readonly seat: string;
  readonly label: string;
  readonly name: string;
}

/** Who sat where, and what was given to the randomness, at each point of a log. */
export class History {
  private readonly seatings: { seq: number; players: readonly Player[] }[] = [];
  private readonly gifts: [seq: number, text: string][] = [];

  constructor(log: Log) {
    for (const entry of log.ofServer()) {
      const { type } = entry.opening.body;
      if (type === 'member_joined' || type === 'member_left') this.seat(entry);
      if (type === 'channel_created' || type === 'member_joined') this.give(entry);
    }
  }

  /** The players right after an entry, in the order in which they joined. */
  players(seq: number): readonly Player[] {
    return this.seatings.findLast((each) => each.seq <= seq)?.players ?? [];
  }

  /** What was given before an entry. */
  entropy(before: number): [seq: number, text: string][] {
    return this.gifts.filter(([seq]) => seq < before);
  }

  private seat({ seq, opening: { body } }: OpenEntry) {
    const { type, slot_id, label, name, role } = body as Record<string, string>;
    const others = (this.seatings.at(-1)?.players ?? []).filter(({ seat }) => seat !== slot_id);
    const joins = type === 'member_joined' && role === 'player';
    const players = joins
      ? [...others, { seat: String(slot_id), label: label as string, name: name as string }]
      : others;
    this.seatings.push({ seq, players });
  }

  private give({ seq, opening: { body } }: OpenEntry) {
    if (typeof body.entropy === 'string') this.gifts.push([seq, body.entropy]);
  }
}
