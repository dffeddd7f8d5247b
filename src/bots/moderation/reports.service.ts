import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { ChannelAccess } from '../../channels/channel-access.service.js';
import { type SeatToPass, seatToPass } from '../../channels/own-seats.js';
import { rateLimited } from '../../kernel/admission.js';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { Attachments } from '../attachments/attachments.service.js';
import { BotReport } from './bot-report.entity.js';
import type { ReportReason } from './reasons.js';

/** The maximum number of unanswered reports per account. */
const MAX_OPEN = 50;
/** The suggested time before the next attempt, because an admin answers by hand. */
const ANSWER_MS = 3_600_000;

export interface NewReport {
  readonly channelId: string;
  readonly seat?: string;
  readonly botId: string;
  readonly reason: ReportReason;
  readonly text: string;
}

export interface FiledReport {
  readonly report: BotReport;
  readonly seat: SeatToPass;
}

/** Reports of members to admins about bots. The channel is not notified. */
@Injectable()
export class Reports {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly access: ChannelAccess,
    private readonly attachments: Attachments,
  ) {}

  report({ channelId, seat, botId, reason, text }: NewReport, caller: Caller): Promise<FiledReport> {
    return this.database.write(async (tx) => {
      const standing = await this.access.outline(tx, channelId, caller, seat);
      if (!standing.ownSeats.length && !standing.isCreator) throw new DomainError('NOT_MEMBER');
      const attachment = await this.attachments.find(tx, channelId, botId);
      if (!attachment) throw new DomainError('BOT_NOT_FOUND');
      const { accountId } = caller;
      const open = { accountId, decisionId: IsNull() };
      if (await tx.existsBy(BotReport, { ...open, channelId, botId, reason }))
        throw new DomainError('ALREADY_REPORTED');
      if ((await tx.countBy(BotReport, open)) >= MAX_OPEN) throw rateLimited('open-reports', ANSWER_MS);
      const report = tx.create(BotReport, {
        id: newId('rep'),
        codeHash: attachment.codeHash,
        channelId,
        botId,
        accountId,
        reason,
        text,
        reportedAt: this.clock.now(),
        decisionId: null,
      });
      await tx.insert(BotReport, report);
      return { report, seat: seatToPass(standing) };
    });
  }
}
