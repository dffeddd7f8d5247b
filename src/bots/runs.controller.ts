import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { EntityManager } from 'typeorm';
import { Access, type Standing } from '../channels/access.service.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Operation } from '../kernel/operation.js';
import { Describe } from '../kernel/schema.js';
import type { Entry } from '../messaging/entry.entity.js';
import { History } from '../messaging/history.js';
import { Viewer } from '../messaging/viewer.js';
import { Database } from '../platform/database.js';
import type { Attachment } from './attachment.entity.js';
import { Attachments } from './attachments.service.js';
import { Rounds } from './rounds.service.js';
import type { Run } from './run.entity.js';
import { RunRegister } from './run-register.js';

/** How many runs are looked at in one go. */
const PAGE = 100;

class ListRuns {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('Id of the bot, bot_….') @IsString() @Length(1, 64) bot_id!: string;
  @Describe('Only runs after this number.') @IsOptional() @IsInt() @Min(0) after: number = 0;
  @Describe('How many at most.') @IsOptional() @IsInt() @Min(1) @Max(200) limit: number = 50;
}

class RunView {
  @Describe('Its number, counted per bot.') @IsInt() run!: number;
  @Describe('The round it belongs to.') @IsInt() round!: number;
  @Describe('ok, timed_out, threw or killed.') @IsString() outcome!: string;
  @Describe('How long it took, in milliseconds.') @IsInt() ms!: number;
  @Describe('The hook that ran.') @IsString() hook!: string;
  @Describe('The entry that fired it.') @IsInt() event_seq!: number;
  @Describe('The hidden entry that is its receipt.') @IsInt() receipt_seq!: number;
  @Describe('The whole receipt and its salt, once the round is over.') @IsOptional() @IsObject() receipt?: object;
}

class RunList {
  @Describe('Oldest first. While a round lasts, only runs whose event you may read.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => RunView)
  runs!: RunView[];
  @Describe('Whether there are more.') @IsBoolean() has_more!: boolean;
}

@Controller()
export class RunsController {
  constructor(
    private readonly database: Database,
    private readonly access: Access,
    private readonly attachments: Attachments,
    private readonly register: RunRegister,
    private readonly rounds: Rounds,
    private readonly history: History,
  ) {}

  @Operation({
    name: 'list_runs',
    title: 'List the runs of a bot',
    summary: 'Show how each hook of a bot ended, and its receipt once the round is over.',
    input: ListRuns,
    output: RunList,
    errors: ['NOT_MEMBER', 'BOT_NOT_FOUND'],
    reads: true,
  })
  async list({ channel_id, bot_id, after, limit }: ListRuns, caller: Caller): Promise<RunList> {
    const tx = this.database.read;
    const standing = await this.access.standing(tx, channel_id, caller);
    const attachment = await this.attachments.find(tx, channel_id, bot_id);
    if (!attachment) throw new DomainError('BOT_NOT_FOUND');
    const shown: RunView[] = [];
    const most = limit ?? 50;
    // Runs that may not be read are passed over, so that a full page never stands for an empty one.
    for (let from = after ?? 0; ; ) {
      const found = await this.register.after(tx, attachment, from, PAGE);
      for (const run of await this.readable(tx, standing, attachment, found)) {
        if (shown.length === most) return { runs: shown, has_more: true };
        shown.push(run);
      }
      if (found.length < PAGE) return { runs: shown, has_more: false };
      from = found.at(-1)!.run;
    }
  }

  private async readable(tx: EntityManager, standing: Standing, attachment: Attachment, runs: Run[]) {
    const events = await this.history.entries(
      tx,
      attachment.channelId,
      runs.flatMap(({ eventSeq, receiptSeq }) => [eventSeq, receiptSeq]),
    );
    const bySeq = new Map(events.map((entry) => [entry.seq, entry]));
    const shown: RunView[] = [];
    for (const run of runs) {
      const isOver = await this.rounds.isOver(tx, attachment, run.round);
      if (!isOver && !isRead(standing, bySeq.get(run.eventSeq))) continue;
      const { run: number, round, outcome, ms, hook, eventSeq: event_seq, receiptSeq: receipt_seq } = run;
      const receipt = isOver ? opened(bySeq.get(receipt_seq)) : undefined;
      shown.push({ run: number, round, outcome, ms, hook, event_seq, receipt_seq, ...(receipt && { receipt }) });
    }
    return shown;
  }
}

const isRead = (standing: Standing, event: Entry | undefined) =>
  event !== undefined && new Viewer(standing).canSee(event);

const opened = (entry: Entry | undefined) => entry && { salt: entry.salt, opening: JSON.parse(entry.opening) };
