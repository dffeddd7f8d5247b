import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import { OPERATOR } from '../../auth/admin-tokens.js';
import { Channels } from '../../channels/channels.service.js';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Database } from '../../platform/database.js';
import { Events } from '../../platform/events.js';
import { Attachment } from '../attachment.entity.js';
import { Attachments } from '../attachments.service.js';
import { BotCode, type CodeStatus } from '../bot-code.entity.js';
import { Plays } from '../play/plays.service.js';
import { Voids } from '../play/voids.service.js';
import { RoundOver } from '../rounds.service.js';
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
  /** They referee a contest in play, and go on until a second moderator decides the same. */
  readonly botsSpared: number;
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
    private readonly plays: Plays,
    private readonly voids: Voids,
    events: Events,
  ) {
    events.on(RoundOver, ({ channelId, botId }, tx) => this.stopSpared(tx, channelId, botId));
  }

  /**
   * Takes effect at once, except that one moderator alone does not end a contest in play: there a second one decides the same.
   * Throws INTERESTED where the caller has a part in a round that the decision would end.
   */
  decide(opinion: Opinion, caller: Caller): Promise<Decided> {
    return this.database.write(async (tx) => {
      const isSecond = await this.isSecond(tx, opinion, caller);
      const decision = await this.record(tx, opinion, caller);
      const bots = await this.listedBots(tx, opinion.hash);
      const atWork = decision.verdict === 'block' ? bots.filter(({ removedAt }) => removedAt === null) : [];
      for (const bot of atWork) await this.assertUninterested(tx, bot, caller);
      const spared = isSecond ? [] : await this.contested(tx, atWork);
      const stopped = atWork.filter((bot) => !spared.includes(bot));
      for (const bot of bots) await this.tell(tx, bot, decision, spared.includes(bot));
      for (const { channelId, botId } of spared)
        await tx.update(Attachment, { channelId, botId }, { sparedAt: decision.decidedAt });
      for (const bot of stopped) await this.stop(tx, bot, decision);
      const channelsTold = new Set(bots.map(({ channelId }) => channelId)).size;
      return { decision, channelsTold, botsStopped: stopped.length, botsSpared: spared.length };
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
    if (verdict !== 'block') await tx.update(Attachment, { codeHash, sparedAt: Not(IsNull()) }, { sparedAt: null });
    const { accountId } = caller;
    const decision = await tx.save(tx.create(Decision, { codeHash, verdict, reasonCode, note, accountId, decidedAt }));
    await tx.update(BotReport, { codeHash, decisionId: IsNull() }, { decisionId: decision.id });
    return decision;
  }

  /** Whether another moderator has said the same, and nobody anything else since. Who has the machine needs no second. */
  private async isSecond(tx: EntityManager, { hash: codeHash, verdict }: Opinion, { accountId }: Caller) {
    if (accountId === OPERATOR) return true;
    const [newest] = await this.list(tx, codeHash, undefined, 1);
    return newest?.verdict === verdict && newest.accountId !== accountId;
  }

  /** A round in play is not ended by who plays in it, made its channel or wrote its code. */
  private async assertUninterested(tx: EntityManager, bot: Attachment, { accountId }: Caller) {
    const parties = await this.plays.parties(tx, bot);
    if (!parties.length) return;
    const { channel } = await this.channels.withSlots(tx, bot.channelId);
    const code = await tx.findOneByOrFail(BotCode, { codeHash: bot.codeHash });
    const interested = [channel.creatorId, code.firstAccountId, ...parties.map((party) => party.accountId)];
    if (interested.includes(accountId)) throw new DomainError('INTERESTED');
  }

  private async contested(tx: EntityManager, bots: Attachment[]): Promise<Attachment[]> {
    const contested: Attachment[] = [];
    for (const bot of bots) {
      const isContest = await this.plays.isContest(tx, bot.channelId);
      if (isContest && (await this.plays.isInPlay(tx, bot, null))) contested.push(bot);
    }
    return contested;
  }

  private async stopSpared(tx: EntityManager, channelId: string, botId: string) {
    const bot = await tx.findOneBy(Attachment, { channelId, botId, sparedAt: Not(IsNull()), removedAt: IsNull() });
    const [decision] = bot ? await this.list(tx, bot.codeHash, undefined, 1) : [];
    if (!bot || !decision) return;
    await this.attachments.release(tx, bot);
    await tx.update(Attachment, { channelId, botId }, { stoppedFor: decision.reasonCode, sparedAt: null });
  }

  /** Bots of this code that somebody sees in an open channel: at work, or stopped and still in their slot. */
  private async listedBots(tx: EntityManager, codeHash: string): Promise<Attachment[]> {
    const bots = await tx.find(Attachment, {
      where: [
        { codeHash, removedAt: IsNull() },
        { codeHash, stoppedFor: Not(IsNull()) },
      ],
      order: { attachedAt: 'ASC', botId: 'ASC' },
    });
    const listed: Attachment[] = [];
    for (const bot of bots) {
      const { channel, slots } = await this.channels.withSlots(tx, bot.channelId);
      if (channel.isOpen && slots.some(({ botId }) => botId === bot.botId)) listed.push(bot);
    }
    return listed;
  }

  private async tell(tx: EntityManager, { channelId, botId }: Attachment, decision: Decision, isSpared: boolean) {
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
        ...(isSpared && { awaits_second: true }),
      },
    });
  }

  /** Its round cannot go on, so it is void, and what the chance of it would have been is shown. */
  private async stop(tx: EntityManager, bot: Attachment, { reasonCode }: Decision) {
    const { channelId, botId } = bot;
    await tx.update(Attachment, { channelId, botId }, { sparedAt: null });
    await this.voids.void(tx, bot, { cause: 'decision', reason: 'code_blocked' });
    await this.attachments.release(tx, bot);
    await tx.update(Attachment, { channelId, botId }, { stoppedFor: reasonCode });
  }
}
