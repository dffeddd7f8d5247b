import type { JsonObject } from '../encoding/json.js';
import type { Bundle } from './bundle.js';
import { type Entry, isOpen, type OpenEntry, type Opening, revealedOpening } from './entry.js';

/** A bundle as a log: each entry with what the file shows of it. */
export class Log {
  readonly channel: string;
  readonly entries: readonly Entry[];
  /** Openings that `revealed` entries repeat, by the `seq` of the entry that they open. */
  readonly revealed = new Map<number, { opening: Opening; by: number }>();
  /** The entries that say that another one was erased, by the `seq` of the erased one. */
  readonly erased = new Map<number, number>();

  constructor({ channel, entries }: Pick<Bundle, 'channel' | 'entries'>) {
    this.channel = channel;
    this.entries = entries;
    for (const entry of this.ofServer()) this.note(entry);
  }

  entry(seq: number): Entry | undefined {
    return this.entries[seq - 1];
  }

  /** The entry with its opening, if the file has it. */
  open(seq: number): OpenEntry | undefined {
    const entry = this.entry(seq);
    return isOpen(entry) ? entry : undefined;
  }

  /** The entries that the server itself wrote, optionally of one type. */
  *ofServer(type?: string): Generator<OpenEntry> {
    for (const entry of this.entries) {
      if (!isOpen(entry) || entry.opening.kind !== 'system' || entry.opening.from !== 'system') continue;
      if (type === undefined || entry.opening.body.type === type) yield entry;
    }
  }

  /** The first entry after `after`, and before `before`, whose opening the file does not have. */
  firstClosed(after: number, before = Number.POSITIVE_INFINITY): number | undefined {
    return this.entries.find(({ seq, opening }) => seq > after && seq < before && opening === undefined)?.seq;
  }

  private note({ seq, opening: { body, refs } }: OpenEntry) {
    if (body.type === 'revealed' && typeof body.msg_id === 'number') {
      const opening = revealedOpening(body.opening, body.salt, body.msg_id);
      if (opening && !this.revealed.has(body.msg_id)) this.revealed.set(body.msg_id, { opening, by: seq });
    }
    if (body.type === 'erased')
      for (const erased of erasedBy(body, refs)) if (erased < seq) this.erased.set(erased, seq);
  }
}

function erasedBy(body: JsonObject, refs: readonly number[]): number[] {
  const named = [body.seq, body.msg_id].filter((seq) => typeof seq === 'number');
  return [...named, ...refs];
}
