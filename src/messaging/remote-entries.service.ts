import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { inBackground } from '../kernel/background.js';
import { Database } from '../platform/database/database.js';
import { Signals } from '../platform/database/signals.js';
import { Entry } from './entry.entity.js';
import { Tail } from './tail.js';

/** When signals were missed, this many of the newest entries of a channel are taken for new. */
const LOOKED_AT = 20;

/** Wakes the calls of this process that wait for entries which other processes have added. */
@Injectable()
export class RemoteEntries {
  /** The entries to read, by channel: those of one batch of signals are read together. */
  private readonly announced = new Map<string, number[]>();

  constructor(
    private readonly database: Database,
    private readonly tail: Tail,
    signals: Signals,
  ) {
    signals.on(ENTRY, (text) => this.add(readEntrySignal(text)));
    signals.onGap(() => inBackground('looking for missed entries', this.lookAtAll()));
  }

  private add({ channelId, seq }: EntrySignal) {
    if (!this.tail.isFollowed(channelId)) return;
    if (!this.announced.size) setImmediate(() => inBackground('reading entries', this.readAnnounced()));
    this.announced.set(channelId, [...(this.announced.get(channelId) ?? []), seq]);
  }

  private async readAnnounced() {
    const all = [...this.announced];
    this.announced.clear();
    for (const [channelId, seqs] of all) {
      const where = { channelId, seq: In(seqs) };
      this.wake(await this.database.read.find(Entry, { where, order: { seq: 'ASC' } }));
    }
  }

  private async lookAtAll() {
    for (const channelId of this.tail.followed) {
      const where = { channelId };
      const newest = await this.database.read.find(Entry, { where, order: { seq: 'DESC' }, take: LOOKED_AT });
      this.wake(newest.reverse());
    }
  }

  private wake(entries: Entry[]) {
    for (const entry of entries) this.tail.wake(entry.channelId, entry);
  }
}

/** The topic of a signal that an entry was added. */
export const ENTRY = 'entry';

export interface EntrySignal {
  readonly channelId: string;
  readonly seq: number;
}

export const entrySignal = ({ channelId, seq }: EntrySignal) => `${channelId} ${seq}`;

export function readEntrySignal(text: string): EntrySignal {
  const [channelId = '', seq] = text.split(' ');
  return { channelId, seq: Number(seq) };
}
