import { Injectable } from '@nestjs/common';
import { BoundedMap } from '../../kernel/bounded-map.js';
import { Database } from '../../platform/database/database.js';
import { CompactRange } from '../tree/compact-range.js';
import { Tree } from '../tree/tree.js';
import { ChangedLogs } from './changed-logs.js';
import { LeafSource } from './leaf-source.js';
import { logChanged } from './log-errors.js';
import { ServerLeaves } from './server-leaves.js';
import { TreeNodes } from './tree-nodes.js';

/** The number of channels whose tree is remembered: about a kilobyte each. Others are read again. */
const MAX_REMEMBERED = 10_000;
const PAGE = 1_000;

/** The trees over the entries of channels. */
@Injectable()
export class ChannelTrees {
  private readonly ranges = new BoundedMap<CompactRange>(MAX_REMEMBERED);

  constructor(
    private readonly database: Database,
    private readonly entries: LeafSource,
    private readonly nodes: TreeNodes,
    private readonly leaves: ServerLeaves,
    private readonly changed: ChangedLogs,
  ) {}

  tree(channelId: string): Tree {
    return new Tree(this.nodes.sourceOf(channelId, (first, count) => this.hashes(channelId, first, count)));
  }

  /** The tree over all entries that are committed now. Throws LOG_CHANGED if it does not begin with what was signed. */
  async current(channelId: string): Promise<CompactRange> {
    this.changed.assertUnchanged(channelId);
    const range = this.ranges.get(channelId) ?? (await this.signed(channelId));
    for (;;) {
      const page = await this.entries.after(channelId, range.size, PAGE);
      for (const hash of page) range.append(hash);
      if (page.length < PAGE) break;
    }
    this.ranges.set(channelId, range);
    return range;
  }

  /** The channel is deleted. */
  async forget(channelId: string) {
    this.ranges.delete(channelId);
    await this.nodes.forget(channelId);
  }

  /** The tree as it was signed last. */
  private async signed(channelId: string): Promise<CompactRange> {
    const head = await this.leaves.newest(this.database.read, channelId);
    if (!head) return CompactRange.empty();
    const range = await this.tree(channelId).range(head.size);
    if (!range.root.equals(head.root)) throw logChanged(`the entries of ${channelId} differ from its checkpoint`);
    return range;
  }

  private async hashes(channelId: string, first: number, count: number): Promise<Buffer[]> {
    const hashes: Buffer[] = [];
    while (hashes.length < count) {
      const page = await this.entries.after(channelId, first + hashes.length, Math.min(PAGE, count - hashes.length));
      if (!page.length) throw logChanged(`${channelId} has fewer entries than its checkpoint`);
      hashes.push(...page);
    }
    return hashes;
  }
}
