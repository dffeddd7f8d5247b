import { Controller } from '@nestjs/common';
import { IsIn, IsString, Length } from 'class-validator';
import { BotId, ChannelId, SeatField, SeatToPassField } from '../../channels/operation-fields.js';
import type { Caller } from '../../kernel/caller.js';
import { isoTime } from '../../kernel/clock.js';
import { Operation } from '../../kernel/operation.js';
import { Describe } from '../../kernel/schema.js';
import { REPORT_REASONS, type ReportReason } from './reasons.js';
import { Reports } from './reports.service.js';

class ReportBot {
  @ChannelId() channel_id!: string;
  @BotId() bot_id!: string;
  @Describe('What is wrong with the bot.') @IsString() @IsIn(REPORT_REASONS) reason!: ReportReason;
  @Describe('What happened, for the admins of the server.') @IsString() @Length(1, 1000) text!: string;
  @SeatField() seat?: string;
}

class ReportFiled {
  @Describe('Id of the report.') @IsString() report_id!: string;
  @Describe('The bot it is about.') @IsString() bot_id!: string;
  @Describe('SHA-256 over its source.') @IsString() code_hash!: string;
  @Describe('When it was filed, ISO 8601 in UTC.') @IsString() reported_at!: string;
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
}

@Controller()
export class ReportBotController {
  constructor(private readonly reports: Reports) {}

  @Operation({
    name: 'report_bot',
    title: 'Report a bot',
    summary: 'Report a problem with a bot of your channel to the admins of the server. Only they see the report.',
    input: ReportBot,
    output: ReportFiled,
    toolset: 'bots',
    errors: ['NOT_MEMBER', 'BOT_NOT_FOUND', 'ALREADY_REPORTED'],
  })
  async report({ channel_id, bot_id, ...complaint }: ReportBot, caller: Caller): Promise<ReportFiled> {
    const reported = await this.reports.report({ channelId: channel_id, botId: bot_id, ...complaint }, caller);
    const { id, botId, codeHash, reportedAt } = reported.report;
    return { report_id: id, bot_id: botId, code_hash: codeHash, reported_at: isoTime(reportedAt), ...reported.seat };
  }
}
