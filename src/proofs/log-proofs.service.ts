import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import { Checkpoints } from './checkpoints.service.js';
import { ChannelTrees } from './log/channel-trees.js';
import type { ChannelCheckpoint } from './log/newest-heads.js';
import { ServerLeaves } from './log/server-leaves.js';
import { tlogProofText } from './notes/tlog-proof.js';
import type { Tree } from './tree/tree.js';

/** A log at one size; `note` is missing if no checkpoint of that size was signed. */
interface AtSize {
  readonly tree: Tree;
  readonly size: number;
  readonly note?: string;
}

/** What proves that a leaf is in a log, or that a log begins with an earlier one. */
export interface LogProof {
  readonly size: number;
  readonly root: Buffer;
  readonly note?: string;
  readonly hashes: readonly Buffer[];
  /** Only of an inclusion proof. */
  readonly leaf?: { readonly index: number; readonly hash: Buffer; readonly text?: string };
  /** The content of a `.tlog-proof` file, if `note` is there. */
  readonly file?: string;
}

/** Proofs about the log of a channel and about the server-wide log, at the newest or an earlier size. */
@Injectable()
export class LogProofs {
  constructor(
    private readonly database: Database,
    private readonly checkpoints: Checkpoints,
    private readonly trees: ChannelTrees,
    private readonly leaves: ServerLeaves,
  ) {}

  /** Proves that the log of a channel includes an entry. */
  async ofEntry(channelId: string, seq: number, size?: number): Promise<LogProof> {
    return this.inclusion(await this.channelAt(channelId, Math.max(seq, size ?? 0), size), seq - 1);
  }

  /** Proves that the log of a channel, or the server-wide log, begins with its first `from` leaves. */
  async ofGrowth(channelId: string | undefined, from: number, size?: number): Promise<LogProof> {
    const at = channelId === undefined ? await this.serverAt(size) : await this.channelAt(channelId, from, size);
    assertWithin(from, at.size);
    const hashes = await at.tree.consistency(from, at.size);
    return { size: at.size, root: await at.tree.root(at.size), note: at.note, hashes };
  }

  /** Proves that the server-wide log includes a checkpoint of a channel. */
  async ofCheckpoint({ index }: ChannelCheckpoint, size?: number): Promise<LogProof> {
    return this.inclusion(await this.serverAt(size), index);
  }

  /** Proves that the server-wide log includes the leaf at `index`. */
  async ofServerLeaf(index: number, size?: number): Promise<LogProof> {
    const proof = await this.inclusion(await this.serverAt(size), index);
    const text = await this.leaves.publicText(this.database.read, index);
    return { ...proof, ...(proof.leaf && { leaf: { ...proof.leaf, text } }) };
  }

  private async inclusion({ tree, size, note }: AtSize, index: number): Promise<LogProof> {
    assertWithin(index + 1, size);
    const hashes = await tree.inclusion(index, size);
    const leaf = { index, hash: await tree.leaf(index) };
    const file = note && tlogProofText({ index, hashes, checkpoint: note });
    return { size, root: await tree.root(size), note, hashes, leaf, file };
  }

  private async channelAt(channelId: string, least: number, size?: number): Promise<AtSize> {
    const tree = this.trees.tree(channelId);
    const newest = await this.checkpoints.covering(channelId, least);
    if (size === undefined || size === newest.size) return { tree, size: newest.size, note: newest.note };
    assertWithin(size, newest.size);
    return { tree, size, note: (await this.checkpoints.at(channelId, size))?.note };
  }

  private async serverAt(size?: number): Promise<AtSize> {
    const newest = await this.checkpoints.ofServer();
    if (size !== undefined) assertWithin(size, newest.size);
    const { tree } = this.leaves;
    return size === undefined || size === newest.size ? { tree, ...newest } : { tree, size };
  }
}

/** The size of a tree is at least 1 here: an empty log has no checkpoint. */
function assertWithin(size: number, most: number) {
  if (size < 1 || size > most) throw new DomainError('INVALID_REQUEST', `the log has ${most} leaves`);
}
