import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Channels } from '../channels/channels.service.js';
import { isOwnDoing, payingAccount } from '../channels/storage/payer.js';
import { ENTRY_BYTES, Storage } from '../channels/storage/storage.service.js';
import { isoTime } from '../kernel/clock.js';
import { Database } from '../platform/database.js';
import { Events } from '../platform/events.js';
import { Entry } from './entry.entity.js';
import { type Draft, isHidden, sealEntry } from './entry.js';
import { Tail } from './tail.js';

/** An entry has its place in the log. Announced in the same write. */
export class EntryAppended {
  constructor(readonly entry: Entry) {}
}

/** The append-only log of each channel. Nothing is said in a channel but through here. */
@Injectable()
export class ChannelLog {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly events: Events,
    private readonly tail: Tail,
    private readonly storage: Storage,
  ) {}

  /** Puts a draft at the next place of the log. Who waits for news is woken once the write is committed. */
  async append(tx: EntityManager, channelId: string, draft: Draft, causeSeq?: number): Promise<Entry> {
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
    await tx.insert(Entry, entry);
    const bytes = ENTRY_BYTES + Buffer.byteLength(header) + Buffer.byteLength(opening);
    if (isOwnDoing()) await this.storage.chargeOwn(tx, channelId, accountId, bytes);
    else await this.storage.charge(tx, channelId, accountId, bytes);
    await this.events.announce(new EntryAppended(entry), tx);
    this.database.afterCommit(() => this.tail.wake(channelId, entry));
    return entry;
  }
}

function typeOf({ body }: Draft): string | null {
  return typeof body.type === 'string' ? body.type.slice(0, 64) : null;
}
