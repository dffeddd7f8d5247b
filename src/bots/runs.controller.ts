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
import { type EntityManager, MoreThan } from 'typeorm';
import { Access, type Standing } from '../channels/access.service.js';
import { NamesSeat, seatToPass, TellsSeat } from '../channels/own-seats.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Operation } from '../kernel/operation.js';
import { Describe, Untrusted } from '../kernel/schema.js';
import type { Entry } from '../messaging/entry.entity.js';
import { History } from '../messaging/history.js';
import { Viewer } from '../messaging/viewer.js';
import { Database } from '../platform/database.js';
import { fittingCount } from '../platform/limits/caps.js';
import type { Attachment } from './attachment.entity.js';
import { Attachments } from './attachments.service.js';
import { Exchanges } from './exchanges.js';
import { Rounds } from './rounds.service.js';
import { Run } from './run.entity.js';

/** One call looks at so many runs at most. */
const LOOKED_THROUGH = 500;

class ListRuns {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('Id of the bot, bot_….') @IsString() @Length(1, 64) bot_id!: string;
  @Describe('Only runs after this number.') @IsOptional() @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) after: number =
    0;
  @Describe('How many at most.') @IsOptional() @IsInt() @Min(1) @Max(200) limit: number = 50;
  @NamesSeat() seat?: string;
}

class RunView {
  @Describe('Its number, counted per bot.') @IsInt() run!: number;
  @Describe('The round it belongs to.') @IsInt() round!: number;
  @Describe('ok, timed_out, threw or killed.') @IsString() outcome!: string;
  @Describe('How long it took, in milliseconds.') @IsInt() ms!: number;
  @Describe('The hook that ran.') @IsString() hook!: string;
  @Describe('The entry that fired it.') @IsInt() event_seq!: number;
  @Describe('The hidden entry that is its receipt.') @IsInt() receipt_seq!: number;
  @Untrusted(
    'the whole receipt and its salt, once the round is over: addresses and names in it are words of bots and members.',
  )
  @IsOptional()
  @IsObject()
  receipt?: object;
}

class RunList {
  @Describe('Oldest first. While a round lasts, only runs whose event you may read.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => RunView)
  runs!: RunView[];
  @Describe('Give it as after to go on.') @IsInt() next_after!: number;
  @Describe('Whether there are more to look at.') @IsBoolean() has_more!: boolean;
  @TellsSeat() pass_seat?: string;
  @TellsSeat('The same in words.') seat_hint?: string;
}

class GetRun {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('Id of the bot, bot_….') @IsString() @Length(1, 64) bot_id!: string;
  @Describe('Number of the run, as messages of the bot and list_runs have it.')
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  run!: number;
  @NamesSeat() seat?: string;
}

class RunDetail extends RunView {
  @Untrusted(
    'what the bot asked the network and was told, in order, once the round is over. The receipt has the hashes; bodies are base64.',
  )
  @IsOptional()
  @IsArray()
  @IsObject({ each: true })
  exchanges?: object[];
  @TellsSeat() pass_seat?: string;
  @TellsSeat('The same in words.') seat_hint?: string;
}

@Controller()
export class RunsController {
  constructor(
    private readonly database: Database,
    private readonly access: Access,
    private readonly attachments: Attachments,
    private readonly rounds: Rounds,
    private readonly history: History,
    private readonly exchanges: Exchanges,
  ) {}

  @Operation({
    name: 'get_run',
    title: 'Read a run of a bot',
    summary: 'Show how one hook ended, its receipt, and what the network told it, once the round is over.',
    input: GetRun,
    output: RunDetail,
    toolset: 'bots',
    errors: ['NOT_MEMBER', 'SEAT_AMBIGUOUS', 'BOT_NOT_FOUND', 'RUN_NOT_FOUND'],
    reads: true,
    openWorld: true,
  })
  async get({ channel_id, seat, bot_id, run }: GetRun, caller: Caller): Promise<RunDetail> {
    const tx = this.database.read;
    const standing = await this.access.standing(tx, channel_id, caller, seat);
    const attachment = await this.attachments.find(tx, channel_id, bot_id);
    if (!attachment) throw new DomainError('BOT_NOT_FOUND');
    const found = await tx.findBy(Run, { channelId: channel_id, botId: bot_id, run });
    const [shown] = await this.viewsOf(tx, channel_id, await this.readable(tx, standing, attachment, found));
    if (!shown) throw new DomainError('RUN_NOT_FOUND');
    // The network may have told the bot what nobody else may know yet.
    const answer = { ...shown, ...seatToPass(standing) };
    if (!shown.receipt) return answer;
    return { ...answer, exchanges: await this.exchanges.of(tx, channel_id, bot_id, run) };
  }

  @Operation({
    name: 'list_runs',
    title: 'List the runs of a bot',
    summary: 'Show how each hook of a bot ended, and its receipt once the round is over.',
    input: ListRuns,
    output: RunList,
    toolset: 'bots',
    errors: ['NOT_MEMBER', 'SEAT_AMBIGUOUS', 'BOT_NOT_FOUND'],
    reads: true,
  })
  async list({ channel_id, seat, bot_id, after, limit }: ListRuns, caller: Caller): Promise<RunList> {
    const tx = this.database.read;
    const standing = await this.access.standing(tx, channel_id, caller, seat);
    const attachment = await this.attachments.find(tx, channel_id, bot_id);
    if (!attachment) throw new DomainError('BOT_NOT_FOUND');
    // A bot may have had thousands of runs that the caller may not read: a call looks through so many, and says how far.
    const found = await tx.find(Run, {
      where: { channelId: channel_id, botId: bot_id, run: MoreThan(after ?? 0) },
      order: { run: 'ASC' },
      take: LOOKED_THROUGH,
    });
    const shown = await this.readable(tx, standing, attachment, found);
    const sizes = await this.history.sizes(tx, channel_id, shown.slice(0, limit ?? 50).flatMap(receiptOf));
    const fit = fittingCount(
      shown.slice(0, limit ?? 50).map((run) => ({ bytes: run.isOver ? (sizes.get(run.receiptSeq) ?? 0) : 0 })),
    );
    const runs = await this.viewsOf(tx, channel_id, shown.slice(0, fit));
    const isCut = shown.length > runs.length;
    const next_after = (isCut ? runs.at(-1)?.run : found.at(-1)?.run) ?? after ?? 0;
    const has_more = isCut || found.length === LOOKED_THROUGH;
    return { runs, next_after, has_more, ...seatToPass(standing) };
  }

  /** Those that the caller may know of, and whether all is known of them: their round is over. */
  private async readable(tx: EntityManager, standing: Standing, attachment: Attachment, runs: Run[]) {
    const { channelId } = attachment;
    const over = await this.rounds.over(tx, attachment);
    const open = runs.filter(({ round }) => !over.has(round)).map(({ eventSeq }) => eventSeq);
    const heads = await this.history.heads(tx, channelId, open);
    const viewer = new Viewer(standing);
    const read = new Set(heads.filter((head) => viewer.canSee(head)).map(({ seq }) => seq));
    return runs.flatMap((run) => {
      const isOver = over.has(run.round);
      return isOver || read.has(run.eventSeq) ? [{ ...run, isOver }] : [];
    });
  }

  private async viewsOf(tx: EntityManager, channelId: string, runs: ReadableRun[]): Promise<RunView[]> {
    const receipts = await this.history.entries(tx, channelId, runs.flatMap(receiptOf));
    const bySeq = new Map(receipts.map((entry) => [entry.seq, entry]));
    return runs.map(({ run, round, outcome, ms, hook, eventSeq: event_seq, receiptSeq: receipt_seq }) => {
      const receipt = opened(bySeq.get(receipt_seq));
      return { run, round, outcome, ms, hook, event_seq, receipt_seq, ...(receipt && { receipt }) };
    });
  }
}

type ReadableRun = Run & { readonly isOver: boolean };

const receiptOf = ({ isOver, receiptSeq }: ReadableRun) => (isOver ? [receiptSeq] : []);

const opened = (entry: Entry | undefined) => entry && { salt: entry.salt, opening: JSON.parse(entry.opening) };
