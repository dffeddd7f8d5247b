import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { type EntityManager, MoreThan } from 'typeorm';
import { ChannelAccess, type ChannelStanding } from '../../channels/channel-access.service.js';
import { BotId, ChannelId, SeatField, SeatToPassField } from '../../channels/operation-fields.js';
import { seatToPass } from '../../channels/own-seats.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { Operation } from '../../kernel/operation.js';
import { PageLimit } from '../../kernel/page-fields.js';
import { Describe, IsSafeInt, Untrusted } from '../../kernel/schema.js';
import type { Entry } from '../../messaging/entry.entity.js';
import { History } from '../../messaging/history.js';
import { Viewer } from '../../messaging/viewer.js';
import { Database } from '../../platform/database/database.js';
import { fittingCount } from '../../platform/limits/caps.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { Attachments } from '../attachments/attachments.service.js';
import { Rounds } from '../attachments/rounds.service.js';
import { NetworkExchanges } from './network-exchanges.js';
import { Run } from './run.entity.js';

/** The maximum number of runs that one call examines. */
const MAX_EXAMINED = 500;

class ListRuns {
  @ChannelId() channel_id!: string;
  @BotId() bot_id!: string;
  @Describe('Only runs after this number.') @IsOptional() @IsSafeInt(0) after: number = 0;
  @PageLimit(200) limit: number = 50;
  @SeatField() seat?: string;
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
    'the whole receipt and its salt, once the round is over. Bots and members chose the addresses and names in it.',
  )
  @IsOptional()
  @IsObject()
  receipt?: object;
}

class RunList {
  @Describe('Oldest first. While a round is open, only runs whose event you may read.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => RunView)
  runs!: RunView[];
  @Describe('Pass it as after to get the next page.') @IsInt() next_after!: number;
  @Describe('Whether there are more runs.') @IsBoolean() has_more!: boolean;
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
}

class GetRun {
  @ChannelId() channel_id!: string;
  @BotId() bot_id!: string;
  @Describe('Number of the run, as in messages of the bot and in list_runs.')
  @IsSafeInt(1)
  run!: number;
  @SeatField() seat?: string;
}

class RunDetail extends RunView {
  @Untrusted(
    'the network requests of the bot and their answers, in order, once the round is over. Bodies are base64; the receipt has their hashes.',
  )
  @IsOptional()
  @IsArray()
  @IsObject({ each: true })
  exchanges?: object[];
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
}

@Controller()
export class RunsController {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly attachments: Attachments,
    private readonly rounds: Rounds,
    private readonly history: History,
    private readonly exchanges: NetworkExchanges,
  ) {}

  @Operation({
    name: 'get_run',
    title: 'Read a run of a bot',
    summary: 'Show how one hook ended. Once the round is over, also its receipt and its network answers.',
    input: GetRun,
    output: RunDetail,
    errors: ['NOT_MEMBER', 'SEAT_AMBIGUOUS', 'BOT_NOT_FOUND', 'RUN_NOT_FOUND'],
    reads: true,
    openWorld: true,
    toolset: 'bots',
    unlisted: true,
  })
  async get({ channel_id, seat, bot_id, run }: GetRun, caller: Caller): Promise<RunDetail> {
    const db = this.database.read;
    const standing = await this.access.standing(db, channel_id, caller, seat);
    const attachment = await this.attachments.find(db, channel_id, bot_id);
    if (!attachment) throw new DomainError('BOT_NOT_FOUND');
    const rows = await db.findBy(Run, { channelId: channel_id, botId: bot_id, run });
    const [view] = await this.viewsOf(db, channel_id, await this.readable(db, standing, attachment, rows));
    if (!view) throw new DomainError('RUN_NOT_FOUND');
    // The network may have told the bot facts that nobody else may know yet.
    const answer = { ...view, ...seatToPass(standing) };
    if (!view.receipt) return answer;
    return { ...answer, exchanges: await this.exchanges.of(db, channel_id, bot_id, run) };
  }

  @Operation({
    name: 'list_runs',
    title: 'List the runs of a bot',
    summary: 'Show how each hook of a bot ended and, once the round is over, its receipt.',
    input: ListRuns,
    output: RunList,
    toolset: 'bots',
    errors: ['NOT_MEMBER', 'SEAT_AMBIGUOUS', 'BOT_NOT_FOUND'],
    reads: true,
  })
  async list({ channel_id, seat, bot_id, after, limit }: ListRuns, caller: Caller): Promise<RunList> {
    const db = this.database.read;
    const standing = await this.access.standing(db, channel_id, caller, seat);
    const attachment = await this.attachments.find(db, channel_id, bot_id);
    if (!attachment) throw new DomainError('BOT_NOT_FOUND');
    // A bot may have thousands of runs that the caller may not read, so a call examines a limited number and returns
    // how far it got.
    const rows = await db.find(Run, {
      where: { channelId: channel_id, botId: bot_id, run: MoreThan(after ?? 0) },
      order: { run: 'ASC' },
      take: MAX_EXAMINED,
    });
    const readable = await this.readable(db, standing, attachment, rows);
    const sizes = await this.history.sizes(db, channel_id, readable.slice(0, limit ?? 50).flatMap(receiptOf));
    const fit = fittingCount(
      readable.slice(0, limit ?? 50).map((run) => ({ bytes: run.isOver ? (sizes.get(run.receiptSeq) ?? 0) : 0 })),
    );
    const runs = await this.viewsOf(db, channel_id, readable.slice(0, fit));
    const isCut = readable.length > runs.length;
    const next_after = (isCut ? runs.at(-1)?.run : rows.at(-1)?.run) ?? after ?? 0;
    const has_more = isCut || rows.length === MAX_EXAMINED;
    return { runs, next_after, has_more, ...seatToPass(standing) };
  }

  /**
   * The runs whose existence the caller may know, and whether all of their data is public because their round is over.
   */
  private async readable(tx: EntityManager, standing: ChannelStanding, attachment: Attachment, runs: Run[]) {
    const { channelId } = attachment;
    const over = await this.rounds.over(
      tx,
      attachment,
      runs.map(({ round }) => round),
    );
    const open = runs.filter(({ round }) => !over.has(round)).map(({ eventSeq }) => eventSeq);
    const heads = await this.history.heads(tx, channelId, open);
    const viewer = new Viewer(standing);
    const readableSeqs = new Set(heads.filter((head) => viewer.canSee(head)).map(({ seq }) => seq));
    return runs.flatMap((run) => {
      const isOver = over.has(run.round);
      return isOver || readableSeqs.has(run.eventSeq) ? [{ ...run, isOver }] : [];
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
