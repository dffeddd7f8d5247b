import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import { Channels } from '../../channels/channels.service.js';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Database } from '../../platform/database.js';
import { Attachment } from '../attachment.entity.js';
import { Attachments } from '../attachments.service.js';
import { BotCode, type CodeStatus } from '../bot-code.entity.js';
import { Rounds } from '../rounds.service.js';
import { BotReport } from './bot-report.entity.js';
import { Decision, type Verdict } from './decision.entity.js';
import { DECISION_REASONS, type DecisionReason } from './reasons.js';

export interface Opinion {
  readonly hash: string;
  readonly verdict: Verdict;
  readonly reasonCode: DecisionReason;
  readonly note: string;
}

export interface Decided {
  readonly decision: Decision;
  readonly channelsTold: number;
  readonly botsStopped: number;
}

const STATUS_AFTER: Record<Verdict, CodeStatus> = { allow: 'allowed', quarantine: 'quarantined', block: 'blocked' };

/** What admins decide about code. A decision, what it stops and what each channel is told of it are one write. */
@Injectable()
export class Decisions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly channels: Channels,
    private readonly log: ChannelLog,
    private readonly attachments: Attachments,
    private readonly rounds: Rounds,
  ) {}

  decide(opinion: Opinion, caller: Caller): Promise<Decided> {
    return this.database.write(async (tx) => {
      const decision = await this.record(tx, opinion, caller);
      const bots = await this.listedBots(tx, opinion.hash);
      for (const bot of bots) await this.tell(tx, bot, decision);
      const stopped = decision.verdict === 'block' ? bots.filter(({ removedAt }) => removedAt === null) : [];
      for (const bot of stopped) await this.stop(tx, bot, decision);
      const channelsTold = new Set(bots.map(({ channelId }) => channelId)).size;
      return { decision, channelsTold, botsStopped: stopped.length };
    });
  }

  /** Newest first; those before a decision, where one is named. */
  list(
    tx: EntityManager,
    codeHash: string | undefined,
    before: number | undefined,
    limit: number,
  ): Promise<Decision[]> {
    return tx.find(Decision, {
      where: { ...(codeHash && { codeHash }), ...(before !== undefined && { id: LessThan(before) }) },
      order: { id: 'DESC' },
      take: limit,
    });
  }

  private async record(tx: EntityManager, { hash: codeHash, verdict, reasonCode, note }: Opinion, caller: Caller) {
    const decidedAt = this.clock.now();
    const { affected } = await tx.update(BotCode, { codeHash }, { status: STATUS_AFTER[verdict] });
    if (!affected) throw new DomainError('CODE_NOT_FOUND');
    if (verdict === 'allow') await tx.update(BotCode, { codeHash, clearedAt: IsNull() }, { clearedAt: decidedAt });
    const { accountId } = caller;
    const decision = await tx.save(tx.create(Decision, { codeHash, verdict, reasonCode, note, accountId, decidedAt }));
    await tx.update(BotReport, { codeHash, decisionId: IsNull() }, { decisionId: decision.id });
    return decision;
  }

  /** Bots of this code that somebody sees in an open channel: at work, or stopped and still in their slot. */
  private async listedBots(tx: EntityManager, codeHash: string): Promise<Attachment[]> {
    const bots = await tx.find(Attachment, {
      where: [
        { codeHash, removedAt: IsNull() },
        { codeHash, stoppedFor: Not(IsNull()) },
      ],
      order: { attachedAt: 'ASC', botId: 'ASC' },
      select: { channelId: true, botId: true, removedAt: true },
    });
    const listed: Attachment[] = [];
    for (const bot of bots) {
      const { channel, slots } = await this.channels.withSlots(tx, bot.channelId);
      if (channel.isOpen && slots.some(({ botId }) => botId === bot.botId)) listed.push(bot);
    }
    return listed;
  }

  private async tell(tx: EntityManager, { channelId, botId }: Attachment, decision: Decision) {
    const { codeHash, verdict, reasonCode, note } = decision;
    await this.log.append(tx, channelId, {
      kind: 'system',
      from: 'system',
      body: {
        type: 'bot:decision',
        bot_id: botId,
        code_hash: codeHash,
        decision: verdict,
        reason_code: reasonCode,
        reason: DECISION_REASONS[reasonCode],
        ...(note && { note }),
      },
    });
  }

  /** Its round cannot go on, so it is void, and what the chance of it would have been is shown. */
  private async stop(tx: EntityManager, bot: Attachment, { reasonCode }: Decision) {
    const { channelId, botId } = bot;
    await this.rounds.voidOpen(tx, bot, 'code_blocked');
    await this.attachments.release(tx, bot);
    await tx.update(Attachment, { channelId, botId }, { stoppedFor: reasonCode });
  }
}
