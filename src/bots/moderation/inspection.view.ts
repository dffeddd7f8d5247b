import { IsBoolean, IsInt, IsOptional, IsString } from 'class-validator';
import { isoTime } from '../../kernel/clock.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import type { BotReport } from './bot-report.entity.js';
import { type Finding, RULES } from './rules.js';

const EXCERPT_CHARS = 160;

export class FindingView {
  @Describe('What kind it is.') @IsString() rule!: string;
  @Describe('What it may mean, in a sentence.') @IsString() about!: string;
  @Describe('The line of the source, counted from 1.') @IsInt() line!: number;
  @Untrusted('the beginning of that line.') @IsString() excerpt!: string;
}

export class PlaceView {
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Describe('Id of the bot there.') @IsString() bot_id!: string;
  @Untrusted('the name it has there.') @IsString() name!: string;
  @Describe('How many hooks have run there.') @IsInt() runs!: number;
  @Describe('ISO 8601 in UTC.') @IsString() attached_at!: string;
  @Describe('When it was removed or stopped; absent while it is at work.')
  @IsOptional()
  @IsString()
  removed_at?: string;
  @Describe('Why an admin stopped it there; absent where none did.') @IsOptional() @IsString() stopped_for?: string;
}

export class ReportView {
  @Describe('Id of the report.') @IsString() report_id!: string;
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Describe('Id of the bot there.') @IsString() bot_id!: string;
  @Describe('The account that reported it.') @IsString() reporter!: string;
  @Describe('What is wrong, as a code.') @IsString() reason!: string;
  @Untrusted('what the member says.') @IsString() text!: string;
  @Describe('ISO 8601 in UTC.') @IsString() reported_at!: string;
  @Describe('Whether no admin has decided about the code since.') @IsBoolean() is_open!: boolean;
}

export function findingViews(source: string, findings: readonly Finding[]): FindingView[] {
  const lines = source.split('\n');
  return findings.map(({ rule, line }) => ({
    rule,
    about: RULES[rule],
    line,
    excerpt: (lines[line - 1] ?? '')
      .trim()
      .slice(0, EXCERPT_CHARS)
      .replace(/\p{Surrogate}$/u, ''),
  }));
}

export const placeView = ({
  channelId,
  botId,
  name,
  runs,
  attachedAt,
  removedAt,
  stoppedFor,
}: Attachment): PlaceView => ({
  channel_id: channelId,
  bot_id: botId,
  name,
  runs,
  attached_at: isoTime(attachedAt),
  ...(removedAt !== null && { removed_at: isoTime(removedAt) }),
  ...(stoppedFor !== null && { stopped_for: stoppedFor }),
});

export const reportView = (report: BotReport): ReportView => ({
  report_id: report.id,
  channel_id: report.channelId,
  bot_id: report.botId,
  reporter: report.accountId,
  reason: report.reason,
  text: report.text,
  reported_at: isoTime(report.reportedAt),
  is_open: report.decisionId === null,
});
