import { Injectable } from '@nestjs/common';
import { BoundedMap } from '../kernel/bounded-map.js';
import { Database } from '../platform/database/database.js';
import { ChannelTrees } from './log/channel-trees.js';
import { channelLeaf } from './log/leaf-texts.js';
import { logChanged } from './log/log-errors.js';
import { LogKeys } from './log/log-keys.js';
import { ServerLeaves, type StoredHead } from './log/server-leaves.js';
import { ServerLog } from './log/server-log.js';
import { Signing } from './log/signing.js';
import { checkpointText } from './notes/checkpoint.js';
import { tlogProofText } from './notes/tlog-proof.js';

/** A signed checkpoint of the server-wide log. */
export interface SignedSize {
  readonly size: number;
  /** The signed note. */
  readonly note: string;
}

/** A signed checkpoint of a channel. */
export interface ChannelCheckpoint extends StoredHead {
  /** The signed note. */
  readonly note: string;
}

/** A checkpoint of the server-wide log, and the proof that it includes a checkpoint of a channel. */
export interface CheckpointProof {
  /** The signed note. */
  readonly checkpoint: string;
  /** The content of a `.tlog-proof` file. */
  readonly proof: string;
  /** The leaf: canonical JSON. */
  readonly leaf: string;
}

/** The number of channels whose newest checkpoint is remembered. */
const MAX_REMEMBERED = 10_000;

/** Gives signed checkpoints of channels, and what proves them. Call it outside a write. */
@Injectable()
export class Checkpoints {
  private readonly newest = new BoundedMap<ChannelCheckpoint>(MAX_REMEMBERED);

  constructor(
    private readonly database: Database,
    private readonly signing: Signing,
    private readonly serverLog: ServerLog,
    private readonly leaves: ServerLeaves,
    private readonly trees: ChannelTrees,
    private readonly keys: LogKeys,
  ) {}

  /** An entry of the channel was committed. */
  appended(channelId: string) {
    this.signing.mark(channelId);
  }

  /** The newest checkpoint of a channel, which may not cover its newest entries yet. Signs the first one at once. */
  async latest(channelId: string): Promise<ChannelCheckpoint> {
    return (await this.stored(channelId)) ?? this.signed(channelId, 1);
  }

  /** A checkpoint of a channel that covers this entry. Signs at once if the newest one does not. */
  async covering(channelId: string, seq: number): Promise<ChannelCheckpoint> {
    const known = this.newest.get(channelId);
    const found = known && known.size >= seq ? known : await this.stored(channelId);
    return found && found.size >= seq ? found : this.signed(channelId, seq);
  }

  /** The checkpoint of a channel at exactly this size; undefined if none was signed. */
  async at(channelId: string, size: number): Promise<ChannelCheckpoint | undefined> {
    const head = await this.leaves.headAt(this.database.read, channelId, size);
    return head && this.withNote(head);
  }

  /** The newest checkpoint of the server-wide log. */
  async ofServer(): Promise<SignedSize> {
    const known = await this.serverLog.checkpoint();
    if (known) return known;
    await this.signing.now();
    const signed = await this.serverLog.checkpoint();
    if (signed) return signed;
    throw logChanged('the server-wide log could not be signed');
  }

  /** A checkpoint of the server-wide log, by default the newest, with the proof that it includes this one. */
  async proofOf({ index, ...head }: ChannelCheckpoint, server?: SignedSize): Promise<CheckpointProof> {
    const { size, note } = server ?? (await this.ofServer());
    const hashes = await this.leaves.tree.inclusion(index, size);
    return {
      checkpoint: note,
      proof: tlogProofText({ index, hashes, checkpoint: note }),
      leaf: channelLeaf(head).leaf,
    };
  }

  /** The proof that a checkpoint of a channel includes an entry: the content of a `.tlog-proof` file. */
  async entryProof({ channelId, size, note }: ChannelCheckpoint, seq: number): Promise<string> {
    const hashes = await this.trees.tree(channelId).inclusion(seq - 1, size);
    return tlogProofText({ index: seq - 1, hashes, checkpoint: note });
  }

  private async signed(channelId: string, seq: number): Promise<ChannelCheckpoint> {
    await this.signing.now(channelId);
    const found = await this.stored(channelId);
    if (found && found.size >= seq) return found;
    throw logChanged(`the entries of ${channelId} could not be signed`);
  }

  private async stored(channelId: string): Promise<ChannelCheckpoint | undefined> {
    const [head] = await this.leaves.newestOf(this.database.read, [channelId]);
    if (!head) return undefined;
    const known = this.newest.get(channelId);
    if (known && known.size === head.size) return known;
    const checkpoint = this.withNote(head);
    this.newest.set(channelId, checkpoint);
    return checkpoint;
  }

  private withNote(head: StoredHead): ChannelCheckpoint {
    const { channelId, size, root } = head;
    return { ...head, note: this.keys.sign(checkpointText({ origin: this.keys.originOf(channelId), size, root })) };
  }
}
