import { Injectable } from '@nestjs/common';
import { type EntityManager, In, Not } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import { Processes } from '../../platform/database/processes.service.js';
import { Events } from '../../platform/events.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { BotReleased } from '../attachments/bot-released.js';
import { HookClaim } from './hook-claim.entity.js';

type Bot = Pick<HookClaim, 'channelId' | 'botId'>;

/**
 * Which process runs the hooks of a bot. The first one that needs to claims the bot and keeps it as long as it lives. A
 * process that was thought dead cannot do harm: the write that commits a hook checks that no other was committed.
 */
@Injectable()
export class HookClaims {
  /** The bots of this process, by channel. */
  private readonly own = new Map<string, Set<string>>();

  constructor(
    private readonly database: Database,
    private readonly processes: Processes,
    events: Events,
  ) {
    events.on(BotReleased, async ({ channelId, botId }, tx) => {
      if (this.processes.areMany) await tx.delete(HookClaim, { channelId, botId });
    });
  }

  /** The channels in which this process runs hooks. */
  get ownChannels(): string[] {
    return [...this.own.keys()];
  }

  isIn(channelId: string): boolean {
    return this.own.has(channelId);
  }

  /** Whether this process runs the hooks of the bot: it does already, or no living process does. */
  async isOurs({ channelId, botId }: Bot): Promise<boolean> {
    if (!this.processes.areMany) return true;
    if (!this.processes.isAlive) this.own.clear();
    if (this.own.get(channelId)?.has(botId)) return true;
    const alive = await this.processes.alive();
    const isOurs = await this.database.write((tx) => this.claim(tx, { channelId, botId }, alive), channelId);
    if (isOurs) this.own.set(channelId, (this.own.get(channelId) ?? new Set()).add(botId));
    return isOurs;
  }

  forget({ channelId, botId }: Bot) {
    const bots = this.own.get(channelId);
    bots?.delete(botId);
    if (!bots?.size) this.own.delete(channelId);
  }

  /** Channels with a bot at work that no living process runs. */
  async orphaned(): Promise<string[]> {
    const alive = await this.processes.alive();
    const rows = await this.database.read
      .createQueryBuilder(Attachment, 'attachment')
      .leftJoin(HookClaim, 'claim', 'claim.channelId = attachment.channelId AND claim.botId = attachment.botId')
      .select('DISTINCT attachment.channelId', 'id')
      .where('attachment.removedAt IS NULL')
      .andWhere('(claim.processId IS NULL OR claim.processId NOT IN (:...alive))', { alive: [...alive, ''] })
      .getRawMany<{ id: string }>();
    return rows.map(({ id }) => id);
  }

  /** A claim that another process is about to change is left to it. */
  private async claim(tx: EntityManager, bot: Bot, alive: readonly string[]): Promise<boolean> {
    const processId = this.processes.id;
    if (!(await tx.existsBy(HookClaim, bot))) {
      await tx.insert(HookClaim, { ...bot, processId });
      return true;
    }
    const free = await tx.findOne(HookClaim, {
      where: { ...bot, processId: Not(In(alive.filter((id) => id !== processId))) },
      lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
    });
    if (free) await tx.update(HookClaim, bot, { processId });
    return free !== null;
  }
}
