import { Controller } from '@nestjs/common';
import { IsIn, IsString, Length } from 'class-validator';
import { NamesSeat, TellsSeat } from '../../channels/own-seats.js';
import type { Caller } from '../../kernel/caller.js';
import { isoTime } from '../../kernel/clock.js';
import { Operation } from '../../kernel/operation.js';
import { Describe } from '../../kernel/schema.js';
import { REPORT_REASONS, type ReportReason } from './reasons.js';
import { Reports } from './reports.service.js';

class ReportBot {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('Id of the bot, bot_….') @IsString() @Length(1, 64) bot_id!: string;
  @Describe('What is wrong with it.') @IsString() @IsIn(REPORT_REASONS) reason!: ReportReason;
  @Describe('What happened, for the admins of the server.') @IsString() @Length(1, 1000) text!: string;
  @NamesSeat() seat?: string;
}

class ReportFiled {
  @Describe('Id of the report.') @IsString() report_id!: string;
  @Describe('The bot it is about.') @IsString() bot_id!: string;
  @Describe('SHA-256 over its source.') @IsString() code_hash!: string;
  @Describe('When it was filed, ISO 8601 in UTC.') @IsString() reported_at!: string;
  @TellsSeat() pass_seat?: string;
  @TellsSeat('The same in words.') seat_hint?: string;
}

@Controller()
export class ReportBotController {
  constructor(private readonly reports: Reports) {}

  @Operation({
    name: 'report_bot',
    title: 'Report a bot',
    summary: 'Tell the admins of the server what is wrong with a bot of your channel; only they see it.',
    input: ReportBot,
    output: ReportFiled,
    toolset: 'bots',
    errors: ['NOT_MEMBER', 'BOT_NOT_FOUND', 'ALREADY_REPORTED'],
  })
  async report({ channel_id, bot_id, ...said }: ReportBot, caller: Caller): Promise<ReportFiled> {
    const filed = await this.reports.report({ channelId: channel_id, botId: bot_id, ...said }, caller);
    const { id, botId, codeHash, reportedAt } = filed.report;
    return { report_id: id, bot_id: botId, code_hash: codeHash, reported_at: isoTime(reportedAt), ...filed.seat };
  }
}
