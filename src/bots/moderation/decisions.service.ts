import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { OPERATOR } from '../../oauth/bearer/admin-tokens.js';
import { Database } from '../../platform/database/database.js';
import { ServerRecord } from '../../proofs/server-record.service.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { BotCode, type CodeStatus } from '../code/bot-code.entity.js';
import { ConflictsOfInterest } from '../play/conflicts-of-interest.service.js';
import { AffectedBots } from './affected-bots.service.js';
import { BlockedBots } from './blocked-bots.service.js';
import { BotReport } from './bot-report.entity.js';
import { Decision, type Verdict } from './decision.entity.js';
import { newestDecision } from './newest-decision.js';
import type { DecisionReason } from './reasons.js';

export interface NewDecision {
  readonly hash: string;
  readonly verdict: Verdict;
  readonly reasonCode: DecisionReason;
  readonly note: string;
}

export interface DecisionResult {
  readonly decision: Decision;
  readonly channelsTold: number;
  readonly botsStopped: number;
  /** Bots that referee a contest in play: they continue until a second moderator makes the same decision. */
  readonly botsSpared: number;
}

const STATUS_AFTER: Record<Verdict, CodeStatus> = { allow: 'allowed', quarantine: 'quarantined', block: 'blocked' };

/** Decisions of admins about code. A decision, the bots it stops and the notices to their channels are one write. */
@Injectable()
export class Decisions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly conflicts: ConflictsOfInterest,
    private readonly affected: AffectedBots,
    private readonly blocked: BlockedBots,
    private readonly serverRecord: ServerRecord,
  ) {}

  /**
   * Takes effect immediately, except that one moderator alone cannot end a contest in play: a second moderator has to
   * make the same decision. Throws INTERESTED if the caller is involved in a round that the decision would end.
   */
  decide(opinion: NewDecision, caller: Caller): Promise<DecisionResult> {
    return this.database.write(async (tx) => {
      const isSecond = await this.isSecond(tx, opinion, caller);
      const decision = await this.record(tx, opinion, caller);
      const bots = await this.affected.of(tx, opinion.hash);
      const atWork = decision.verdict === 'block' ? bots.filter(({ removedAt }) => removedAt === null) : [];
      for (const bot of atWork) await this.conflicts.assertNoneIn(tx, bot, caller);
      const spared = isSecond ? [] : await this.conflicts.contested(tx, atWork);
      const stopped = atWork.filter((bot) => !spared.includes(bot));
      for (const bot of bots) await this.affected.tell(tx, bot, decision, spared.includes(bot));
      for (const bot of spared) await this.blocked.spare(tx, bot, decision);
      for (const bot of stopped) await this.blocked.stop(tx, bot, decision);
      const channelsTold = new Set(bots.map(({ channelId }) => channelId)).size;
      return { decision, channelsTold, botsStopped: stopped.length, botsSpared: spared.length };
    });
  }

  /** Newest first. `before`: only decisions with a smaller id. */
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

  private async record(tx: EntityManager, { hash: codeHash, verdict, reasonCode, note }: NewDecision, caller: Caller) {
    const decidedAt = this.clock.now();
    const { affected } = await tx.update(BotCode, { codeHash }, { status: STATUS_AFTER[verdict] });
    if (!affected) throw new DomainError('CODE_NOT_FOUND');
    if (verdict === 'allow') await tx.update(BotCode, { codeHash, clearedAt: IsNull() }, { clearedAt: decidedAt });
    if (verdict !== 'block') await tx.update(Attachment, { codeHash, sparedAt: Not(IsNull()) }, { sparedAt: null });
    const { accountId } = caller;
    const decision = await tx.save(tx.create(Decision, { codeHash, verdict, reasonCode, note, accountId, decidedAt }));
    await tx.update(BotReport, { codeHash, decisionId: IsNull() }, { decisionId: decision.id });
    await this.serverRecord.add(tx, 'decision', { code_hash: codeHash, verdict, reason: reasonCode });
    return decision;
  }

  /**
   * Whether the newest decision is the same and was made by another moderator. The operator needs no second moderator.
   */
  private async isSecond(tx: EntityManager, { hash: codeHash, verdict }: NewDecision, { accountId }: Caller) {
    if (accountId === OPERATOR) return true;
    const newest = await newestDecision(tx, codeHash);
    return newest?.verdict === verdict && newest.accountId !== accountId;
  }
}
