import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Access } from '../../channels/access.service.js';
import { type SeatToPass, seatToPass } from '../../channels/own-seats.js';
import { tooMuch } from '../../kernel/admission.js';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { Database } from '../../platform/database.js';
import { Attachments } from '../attachments.service.js';
import { BotReport } from './bot-report.entity.js';
import type { ReportReason } from './reasons.js';

/** One account can have so many reports that no admin has answered. */
const MOST_OPEN = 50;
/** An admin is a person: an answer may come within the hour. */
const ANSWER_MS = 3_600_000;

export interface Complaint {
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

/** What members tell admins about bots. Nobody in the channel hears of it. */
@Injectable()
export class Reports {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly access: Access,
    private readonly attachments: Attachments,
  ) {}

  report({ channelId, seat, botId, reason, text }: Complaint, caller: Caller): Promise<FiledReport> {
    return this.database.write(async (tx) => {
      const standing = await this.access.outline(tx, channelId, caller, seat);
      if (!standing.ownSeats.length && !standing.isCreator) throw new DomainError('NOT_MEMBER');
      const attachment = await this.attachments.find(tx, channelId, botId);
      if (!attachment) throw new DomainError('BOT_NOT_FOUND');
      const { accountId } = caller;
      const open = { accountId, decisionId: IsNull() };
      if (await tx.existsBy(BotReport, { ...open, channelId, botId, reason }))
        throw new DomainError('ALREADY_REPORTED');
      if ((await tx.countBy(BotReport, open)) >= MOST_OPEN) throw tooMuch('open-reports', ANSWER_MS);
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
