import { Injectable } from '@nestjs/common';
import { Between } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import type { StoredNode, TreeSource } from '../tree/tree.js';
import { TreeNode } from './tree-node.entity.js';

/** Keeps the hashes of large complete subtrees of every log. */
@Injectable()
export class TreeNodes {
  constructor(private readonly database: Database) {}

  /** The source of the tree of one log, which reads its leaves with `leaves`. */
  sourceOf(log: string, leaves: TreeSource['leaves']): TreeSource {
    return {
      leaves,
      nodes: (level, first, count) => this.find(log, level, first, count),
      keep: (nodes) => this.keep(log, nodes),
    };
  }

  /** Deletes what is kept of a log. */
  async forget(log: string) {
    await this.database.write((tx) => tx.delete(TreeNode, { log }));
  }

  private async find(log: string, level: number, first: number, count: number): Promise<StoredNode[]> {
    const where = { log, level, place: Between(first, first + count - 1) };
    const rows = await this.database.read.findBy(TreeNode, where);
    return rows.map(({ place, hash }) => ({ level, index: place, hash: Buffer.from(hash, 'base64') }));
  }

  private async keep(log: string, nodes: readonly StoredNode[]) {
    const rows = nodes.map(({ level, index, hash }) => ({ log, level, place: index, hash: hash.toString('base64') }));
    for (let at = 0; at < rows.length; at += ROWS) {
      await this.database.write((tx) => tx.upsert(TreeNode, rows.slice(at, at + ROWS), ['log', 'level', 'place']));
    }
  }
}

/** The number of rows per write, so that other writes do not wait long. */
const ROWS = 500;
