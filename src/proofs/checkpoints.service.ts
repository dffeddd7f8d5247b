import { Injectable } from '@nestjs/common';
import type { LogSeal } from '../channels/log-seal.js';
import { reportFailure } from '../kernel/background.js';
import { Database } from '../platform/database/database.js';
import { ChannelTrees } from './log/channel-trees.js';
import { channelLeaf } from './log/leaf-texts.js';
import { isRefusal, logChanged } from './log/log-errors.js';
import { type ChannelCheckpoint, NewestHeads } from './log/newest-heads.js';
import { ServerLeaves } from './log/server-leaves.js';
import { ServerLog } from './log/server-log.js';
import { Signing } from './log/signing.js';
import { tlogProofText } from './notes/tlog-proof.js';

/** A signed checkpoint of the server-wide log. */
export interface SignedSize {
  readonly size: number;
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

/** Gives signed checkpoints of channels, and what proves them. Call it outside a write. */
@Injectable()
export class Checkpoints implements LogSeal {
  constructor(
    private readonly database: Database,
    private readonly signing: Signing,
    private readonly serverLog: ServerLog,
    private readonly leaves: ServerLeaves,
    private readonly heads: NewestHeads,
    private readonly trees: ChannelTrees,
  ) {}

  /** An entry of the channel was committed. */
  appended(channelId: string) {
    this.signing.mark(channelId);
  }

  /** The newest checkpoint of a channel, which may not cover its newest entries yet. Signs the first one at once. */
  latest(channelId: string): Promise<ChannelCheckpoint> {
    return this.covering(channelId, 1);
  }

  /** A checkpoint of a channel that covers this entry. Signs at once if the newest one does not. */
  async covering(channelId: string, seq: number): Promise<ChannelCheckpoint> {
    this.serverLog.assertSigns();
    const known = await this.heads.of(channelId);
    if (known && known.size >= seq) return known;
    await this.signing.now(channelId);
    const signed = await this.heads.read(channelId);
    if (signed && signed.size >= seq) return signed;
    throw logChanged(`the entries of ${channelId} could not be signed`);
  }

  /** Like `covering`; undefined while the server cannot sign. */
  async ifSigned(channelId: string, seq: number): Promise<ChannelCheckpoint | undefined> {
    if (!this.serverLog.isSigning) return undefined;
    try {
      return await this.covering(channelId, seq);
    } catch (error) {
      if (isRefusal(error)) return undefined;
      throw error;
    }
  }

  async seal(channelId: string) {
    await this.signing.now(channelId).catch((error) => {
      if (!isRefusal(error)) reportFailure('signing a checkpoint', error);
    });
  }

  /** The checkpoint of a channel at exactly this size; undefined if none was signed. */
  async at(channelId: string, size: number): Promise<ChannelCheckpoint | undefined> {
    const head = await this.leaves.headAt(this.database.read, channelId, size);
    return head && this.heads.withNote(head);
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

  /** The newest checkpoint of the server-wide log that witnesses have signed; undefined if there is none. */
  async cosigned(): Promise<string | undefined> {
    return (await this.leaves.cosignedCheckpoint(this.database.read))?.note;
  }

  /** A checkpoint of the server-wide log that includes this one of a channel; one that witnesses have signed, if there is one. */
  async serverFor({ index }: ChannelCheckpoint): Promise<SignedSize> {
    return (await this.leaves.cosignedCheckpoint(this.database.read, index)) ?? this.ofServer();
  }

  /** A checkpoint of the server-wide log, by default that of `serverFor`, with the proof that it includes this one. */
  async proofOf(checkpoint: ChannelCheckpoint, server?: SignedSize): Promise<CheckpointProof> {
    const { index, channelId, size, root } = checkpoint;
    const { note, ...log } = server ?? (await this.serverFor(checkpoint));
    const hashes = await this.leaves.tree.inclusion(index, log.size);
    const proof = tlogProofText({ index, hashes, checkpoint: note });
    return { checkpoint: note, proof, leaf: channelLeaf({ channelId, size, root }).leaf };
  }

  /** The proof that a checkpoint of a channel includes an entry: the content of a `.tlog-proof` file. */
  async entryProof({ channelId, size, note }: ChannelCheckpoint, seq: number): Promise<string> {
    const hashes = await this.trees.tree(channelId).inclusion(seq - 1, size);
    return tlogProofText({ index: seq - 1, hashes, checkpoint: note });
  }
}
