import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { inBackground, reportFailure } from '../../kernel/background.js';
import { Config } from '../../platform/config/config.js';
import { ChangedLogs } from './changed-logs.js';
import { ChannelTrees } from './channel-trees.js';
import { type ChannelHead, channelLeaf } from './leaf-texts.js';
import { isRefusal } from './log-errors.js';
import { ServerLeaves, type StoredHead } from './server-leaves.js';
import { ServerLog } from './server-log.js';

/** The number of channels that are signed in one write, so that other writes do not wait long. */
const MAX_AT_ONCE = 500;

/**
 * Signs what has changed: the heads of all changed channels become leaves of the server-wide log in one write. That
 * happens some time after a change, and at once when somebody needs it.
 */
@Injectable()
export class Signing implements OnModuleDestroy {
  private readonly changed = new Set<string>();
  private timer?: NodeJS.Timeout;
  private turn: Promise<void> = Promise.resolve();
  private next?: Promise<void>;

  private readonly listeners: ((heads: readonly StoredHead[]) => void)[] = [];

  constructor(
    private readonly config: Config,
    private readonly trees: ChannelTrees,
    private readonly leaves: ServerLeaves,
    private readonly serverLog: ServerLog,
    private readonly changedLogs: ChangedLogs,
  ) {}

  /** Calls `hear` with the heads of channels that this process has signed. */
  onSigned(hear: (heads: readonly StoredHead[]) => void) {
    this.listeners.push(hear);
  }

  /** The channel has new entries. */
  mark(channelId: string) {
    this.changed.add(channelId);
    this.schedule();
  }

  /** Something waits for its place in the server-wide log. */
  schedule() {
    this.timer ??= setTimeout(() => inBackground('signing checkpoints', this.soon()), this.config.checkpointMs).unref();
  }

  /** Signs everything that has changed, this channel included. Those who ask at the same time share one write. */
  now(channelId?: string): Promise<void> {
    if (channelId) this.changed.add(channelId);
    this.next ??= this.turn.then(() => {
      this.next = undefined;
      clearTimeout(this.timer);
      this.timer = undefined;
      const signed = this.sign();
      this.turn = signed.catch(() => undefined);
      return signed;
    });
    return this.next;
  }

  async onModuleDestroy() {
    clearTimeout(this.timer);
    if (this.changed.size) await this.soon().catch((error) => reportFailure('signing the last checkpoints', error));
    await this.turn;
  }

  /** A refusal was reported when it began. */
  private soon(): Promise<void> {
    return this.now().catch((error) => {
      if (!isRefusal(error)) throw error;
    });
  }

  private async sign() {
    const channelIds = [...this.changed].slice(0, MAX_AT_ONCE);
    for (const channelId of channelIds) this.changed.delete(channelId);
    if (this.changed.size) this.schedule();
    try {
      await this.serverLog.assertReady();
      const heads = await this.headsOf(channelIds);
      let grown: ChannelHead[] = [];
      const first = await this.serverLog.append(async (tx) => {
        grown = await this.grownOf(tx, heads);
        return grown.map(channelLeaf);
      });
      const signed = grown.map((head, i) => ({ ...head, index: first + i }));
      for (const hear of this.listeners) hear(signed);
    } catch (error) {
      // What is stored has to change first: the next entry tries again.
      if (!isRefusal(error)) for (const channelId of channelIds) this.mark(channelId);
      throw error;
    }
  }

  /** The heads that no process has signed yet. */
  private async grownOf(tx: EntityManager, heads: readonly ChannelHead[]): Promise<ChannelHead[]> {
    const known = await this.leaves.newestOf(
      tx,
      heads.map(({ channelId }) => channelId),
    );
    const sizes = new Map(known.map(({ channelId, size }) => [channelId, size]));
    return heads.filter(({ channelId, size }) => size > (sizes.get(channelId) ?? 0));
  }

  /** A channel that was changed by hand is reported, and does not stop the others. */
  private async headsOf(channelIds: readonly string[]): Promise<ChannelHead[]> {
    const heads: ChannelHead[] = [];
    for (const channelId of channelIds) {
      try {
        const { size, root } = await this.trees.current(channelId);
        heads.push({ channelId, size, root });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.changedLogs.add(channelId, error.detail ?? '');
      }
    }
    return heads;
  }
}
