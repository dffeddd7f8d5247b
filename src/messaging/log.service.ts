import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Channels } from '../channels/channels.service.js';
import { isOwnDoing, payingAccount } from '../channels/storage/payer.js';
import { ENTRY_BYTES, Storage } from '../channels/storage/storage.service.js';
import { isoTime } from '../kernel/clock.js';
import { Database } from '../platform/database/database.js';
import { Signals } from '../platform/database/signals.js';
import { Events } from '../platform/events.js';
import { Entry } from './entry.entity.js';
import { type EntryDraft, isHidden, sealEntry } from './entry.js';
import { INSERT_ENTRY } from './entry-statements.js';
import { ENTRY, entrySignal } from './remote-entries.service.js';
import { Tail } from './tail.js';

/** An entry was added to the log. Announced in the same write. */
export class EntryAppended {
  constructor(readonly entry: Entry) {}
}

/** The append-only log of each channel. Every entry is added here. */
@Injectable()
export class ChannelLog {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly events: Events,
    private readonly tail: Tail,
    private readonly storage: Storage,
    private readonly signals: Signals,
  ) {}

  /** Appends a draft to the log. After the commit it wakes the callers that wait for entries. */
  async append(tx: EntityManager, channelId: string, draft: EntryDraft, causeSeq?: number): Promise<Entry> {
    const hidden = isHidden(draft.kind);
    const { seq, at, mode, creatorId } = await this.channels.claimSeq(tx, channelId, !hidden);
    const ts = isoTime(at);
    const { header, salt, opening, leaf } = sealEntry(draft, channelId, seq, ts);
    const type = hidden ? null : typeOf(draft);
    const accountId = payingAccount() || creatorId;
    const entry = tx.create(Entry, {
      channelId,
      seq,
      ts,
      kind: draft.kind,
      from: draft.from,
      to: draft.to ?? null,
      hidden,
      revealed: false,
      type,
      run: draft.run ?? null,
      causeSeq: causeSeq ?? null,
      quarantined: mode === 'quarantined_text' && draft.freeText === true,
      accountId,
      header,
      salt,
      opening,
      leafHash: leaf,
    });
    await INSERT_ENTRY.run(tx, entry);
    const bytes = ENTRY_BYTES + Buffer.byteLength(header) + Buffer.byteLength(opening);
    if (isOwnDoing()) await this.storage.chargeOwn(tx, channelId, accountId, bytes);
    else await this.storage.charge(tx, channelId, accountId, bytes);
    await this.events.announce(new EntryAppended(entry), tx);
    this.database.afterCommit(() => {
      this.tail.wake(channelId, entry);
      this.signals.send(ENTRY, entrySignal(entry));
    });
    return entry;
  }
}

function typeOf({ body }: EntryDraft): string | null {
  return typeof body.type === 'string' ? body.type.slice(0, 64) : null;
}
