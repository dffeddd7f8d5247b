import { Injectable } from '@nestjs/common';
import { BoundedMap } from '../../kernel/bounded-map.js';
import { Database } from '../../platform/database/database.js';
import { Signals } from '../../platform/database/signals.js';
import { checkpointText } from '../notes/checkpoint.js';
import { LogKeys } from './log-keys.js';
import { ServerLeaves, type StoredHead } from './server-leaves.js';
import { Signing } from './signing.js';

/** A signed checkpoint of a channel. */
export interface ChannelCheckpoint extends StoredHead {
  /** The signed note. */
  readonly note: string;
}

/** The number of channels whose newest checkpoint is remembered. */
const MAX_REMEMBERED = 10_000;
/** The topic of a signal that these channels were signed. */
const SIGNED = 'signed';
/** The number of ids that fit into one signal. */
const IDS = 100;

/** Remembers the newest checkpoint of each channel, whichever process has signed it. */
@Injectable()
export class NewestHeads {
  private known = new BoundedMap<ChannelCheckpoint>(MAX_REMEMBERED);

  constructor(
    private readonly database: Database,
    private readonly leaves: ServerLeaves,
    private readonly keys: LogKeys,
    private readonly signals: Signals,
    signing: Signing,
  ) {
    signing.onSigned((heads) => this.add(heads));
    signals.on(SIGNED, (ids) => {
      for (const id of ids.split(' ')) this.known.delete(id);
    });
    signals.onGap(() => {
      this.known = new BoundedMap(MAX_REMEMBERED);
    });
  }

  /** The newest checkpoint of a channel; undefined if none was signed. */
  async of(channelId: string): Promise<ChannelCheckpoint | undefined> {
    return this.known.get(channelId) ?? this.read(channelId);
  }

  /** The same, as the database has it now. */
  async read(channelId: string): Promise<ChannelCheckpoint | undefined> {
    const head = await this.leaves.newest(this.database.read, channelId);
    if (!head) return undefined;
    const known = this.known.get(channelId);
    // A newer one may have been signed during the query.
    if (known && known.size >= head.size) return known;
    const found = this.withNote(head);
    this.known.set(channelId, found);
    return found;
  }

  /** The note is signed when somebody reads it. Ed25519 signs the same text in the same way each time. */
  withNote(head: StoredHead): ChannelCheckpoint {
    const { channelId, size, root } = head;
    const { keys } = this;
    let note: string | undefined;
    return {
      ...head,
      get note() {
        note ??= keys.sign(checkpointText({ origin: keys.originOf(channelId), size, root }));
        return note;
      },
    };
  }

  private add(heads: readonly StoredHead[]) {
    for (const head of heads) this.known.set(head.channelId, this.withNote(head));
    for (let at = 0; at < heads.length; at += IDS) {
      const ids = heads.slice(at, at + IDS).map(({ channelId }) => channelId);
      this.signals.send(SIGNED, ids.join(' '));
    }
  }
}
