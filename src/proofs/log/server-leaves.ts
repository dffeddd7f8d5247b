import { Injectable } from '@nestjs/common';
import { Between, type EntityManager, In, IsNull, LessThan, MoreThan, MoreThanOrEqual } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import { RowStatement } from '../../platform/database/statements.js';
import { leafHashOf } from '../tree/merkle.js';
import { Tree } from '../tree/tree.js';
import { AwaitedLeaf } from './awaited-leaf.entity.js';
import { type ChannelHead, type NewLeaf, otherLeaf } from './leaf-texts.js';
import { logChanged } from './log-errors.js';
import { ServerCheckpoint } from './server-checkpoint.entity.js';
import { ServerLeaf } from './server-leaf.entity.js';
import { TreeNodes } from './tree-nodes.js';

/** A checkpoint of a channel, with its index in the server-wide log. */
export interface StoredHead extends ChannelHead {
  readonly index: number;
}

/** The rows of the server-wide log. */
@Injectable()
export class ServerLeaves {
  readonly tree: Tree;

  constructor(
    private readonly database: Database,
    nodes: TreeNodes,
  ) {
    this.tree = new Tree(nodes.sourceOf(SERVER_LOG, (first, count) => this.hashes(first, count)));
  }

  async size(tx: EntityManager): Promise<number> {
    return ((await tx.maximum(ServerLeaf, 'place')) ?? -1) + 1;
  }

  /** The leaves from `place` on. */
  from(tx: EntityManager, place: number, limit: number): Promise<ServerLeaf[]> {
    return tx.find(ServerLeaf, { where: { place: MoreThanOrEqual(place) }, order: { place: 'ASC' }, take: limit });
  }

  async add(tx: EntityManager, first: number, leaves: readonly NewLeaf[]) {
    const rows = leaves.map((leaf, i) => ({ ...leaf, place: first + i }));
    for (let at = 0; at < rows.length; at += ROWS) await tx.insert(ServerLeaf, rows.slice(at, at + ROWS));
  }

  async newestKeyLeaf(tx: EntityManager): Promise<string | undefined> {
    const where = { channelId: IsNull(), type: 'key' as const };
    return (await tx.findOne(ServerLeaf, { where, order: { place: 'DESC' } }))?.leaf;
  }

  /** The newest checkpoint of a channel. */
  async newest(tx: EntityManager, channelId: string): Promise<StoredHead | undefined> {
    const row = await NEWEST_OF.first(tx, { channelId });
    return row ? headOf(row) : undefined;
  }

  /** The newest checkpoint of each channel that has one among the newest `limit` leaves; newest first. */
  async newestHeads(tx: EntityManager, limit: number): Promise<StoredHead[]> {
    const rows = await tx.find(ServerLeaf, { order: { place: 'DESC' }, take: limit });
    const newest = new Map<string, StoredHead>();
    for (const row of rows) if (row.channelId && !newest.has(row.channelId)) newest.set(row.channelId, headOf(row));
    return [...newest.values()];
  }

  /** The newest checkpoint of each of these channels. */
  async newestOf(tx: EntityManager, channelIds: readonly string[]): Promise<StoredHead[]> {
    const newest = await tx
      .createQueryBuilder(ServerLeaf, 'leaf')
      .select('MAX(leaf.place)', 'place')
      .where({ channelId: In([...channelIds]) })
      .groupBy('leaf.channelId')
      .getRawMany<{ place: number }>();
    const rows = await tx.findBy(ServerLeaf, { place: In(newest.map(({ place }) => Number(place))) });
    return rows.map(headOf);
  }

  /** The checkpoint of a channel at one size. */
  async headAt(tx: EntityManager, channelId: string, size: number): Promise<StoredHead | undefined> {
    const row = await tx.findOneBy(ServerLeaf, { channelId, size });
    return row ? headOf(row) : undefined;
  }

  /** The text of a leaf, if everyone may read it: checkpoints of channels are for those who may read the channel. */
  async publicText(tx: EntityManager, place: number): Promise<string | undefined> {
    const row = await tx.findOneBy(ServerLeaf, { place });
    return row && row.type !== 'channel' ? row.leaf : undefined;
  }

  /** Takes the leaves that wait for their place, oldest first. */
  async takeAwaited(tx: EntityManager): Promise<NewLeaf[]> {
    const rows = await tx.find(AwaitedLeaf, { order: { at: 'ASC', id: 'ASC' }, take: ROWS });
    if (rows.length) await tx.delete(AwaitedLeaf, { id: In(rows.map(({ id }) => id)) });
    return rows.map(({ leaf }) => otherLeaf(leaf));
  }

  /** Replaces the signed checkpoint. */
  async sign(tx: EntityManager, size: number, note: string) {
    await tx.delete(ServerCheckpoint, { size: LessThan(size), isCosigned: false });
    await tx.upsert(ServerCheckpoint, { size, note, isCosigned: false }, ['size']);
  }

  /** Keeps the cosignatures of a checkpoint, which may not be the newest any more. */
  async cosign(tx: EntityManager, size: number, note: string) {
    await tx.upsert(ServerCheckpoint, { size, note, isCosigned: true }, ['size']);
    await tx.delete(ServerCheckpoint, { size: LessThan(size) });
  }

  /** The newest checkpoint that witnesses have signed, if it includes the leaf at `index`. */
  cosignedCheckpoint(tx: EntityManager, index = 0): Promise<ServerCheckpoint | null> {
    return tx.findOne(ServerCheckpoint, {
      where: { isCosigned: true, size: MoreThan(index) },
      order: { size: 'DESC' },
    });
  }

  newestCheckpoint(tx: EntityManager): Promise<ServerCheckpoint | null> {
    return tx.findOne(ServerCheckpoint, { where: {}, order: { size: 'DESC' } });
  }

  private async hashes(first: number, count: number): Promise<Buffer[]> {
    const where = { place: Between(first, first + count - 1) };
    const rows = await this.database.read.find(ServerLeaf, { where, order: { place: 'ASC' } });
    if (rows.length < count) throw logChanged('leaves of the server-wide log are missing');
    return rows.map(({ leaf }) => leafHashOf(leaf));
  }
}

const NEWEST_OF = new RowStatement<ServerLeaf, { channelId: string }>(
  ServerLeaf,
  'server_leaf',
  'WHERE channel_id = :channelId ORDER BY size DESC LIMIT 1',
);

/** The name of the server-wide log among the kept hashes; channels have theirs. */
const SERVER_LOG = '';
/** The number of rows per statement. */
const ROWS = 200;

function headOf({ leaf, place, channelId, size }: ServerLeaf): StoredHead {
  const root = Buffer.from(JSON.parse(leaf).root, 'base64');
  return { channelId: channelId as string, size: size as number, root, index: place };
}
