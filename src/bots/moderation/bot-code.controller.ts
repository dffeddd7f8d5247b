import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { EntityManager } from 'typeorm';
import { isoTime } from '../../kernel/clock.js';
import { Operation } from '../../kernel/operation.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import { Database } from '../../platform/database.js';
import { type BotCode, CODE_STATUSES, type CodeStatus } from '../bot-code.entity.js';
import { CodeBook } from './code-book.service.js';
import { figuresOf } from './code-figures.js';
import { DecisionView, decisionView } from './decision.view.js';
import { HASH } from './decisions.controller.js';
import { Decisions } from './decisions.service.js';
import { FindingView, findingViews, PlaceView, placeView, ReportView, reportView } from './inspection.view.js';
import { StaticChecks } from './static-checks.service.js';

const STATUS_FILTERS = [...CODE_STATUSES, 'reported'] as const;
const DECISIONS_SHOWN = 50;

class ListBotCode {
  @Describe('Only code with this status; reported: with a report that no admin has answered.')
  @IsOptional()
  @IsString()
  @IsIn(STATUS_FILTERS)
  status?: CodeStatus | 'reported';
  @Describe(
    'A part of a name it was attached under, or the beginning of its hash or of the account that sent it first.',
  )
  @IsOptional()
  @IsString()
  @Length(1, 80)
  query?: string;
  @Describe('The next_cursor of the page before.') @IsOptional() @IsString() @MaxLength(100) cursor?: string;
  @Describe('How many at most.') @IsOptional() @IsInt() @Min(1) @Max(100) limit: number = 50;
}

class CodeSummary {
  @Describe('SHA-256 over the source as written.') @IsString() code_hash!: string;
  @Describe('unseen (no admin has decided), allowed, quarantined or blocked.') @IsString() status!: string;
  @Describe('javascript, typescript or python.') @IsString() language!: string;
  @Describe('The preset it is, or null.', { type: ['string', 'null'] }) @IsString() preset!: string | null;
  @Untrusted('some of the names it was attached under.') @IsArray() @IsString({ each: true }) names!: string[];
  @Describe('The account that sent it first; server where it came with the server.') @IsString() first_sender!: string;
  @Describe('When it came, ISO 8601 in UTC.') @IsString() first_at!: string;
  @Describe('In how many channels it is or was.') @IsInt() channels!: number;
  @Describe('How many bots of it are at work.') @IsInt() at_work!: number;
  @Describe('How many hooks of it have run.') @IsInt() runs!: number;
  @Describe('How many of these failed.') @IsInt() failures!: number;
  @Describe('How many reports no admin has answered.') @IsInt() open_reports!: number;
}

class CodeList {
  @Describe('Newest first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => CodeSummary)
  codes!: CodeSummary[];
  @Describe('Give it as cursor to go on; null at the end.', { type: ['string', 'null'] })
  @IsString()
  next_cursor!: string | null;
}

class InspectBotCode {
  @Describe('SHA-256 over the source, sha256:….') @IsString() @Matches(HASH) hash!: string;
}

class CodeManifest {
  @Describe('SHA-256 over the canonical JSON of the manifest.') @IsString() manifest_hash!: string;
  @Untrusted('what the bot declares about itself.') @IsObject() manifest!: object;
}

class CodeDetail extends CodeSummary {
  @Untrusted('the source as it was sent.') @IsString() source!: string;
  @Describe('The manifests it was attached under.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => CodeManifest)
  manifests!: CodeManifest[];
  @Describe('What a reader should look at, by line. Hints, no proof.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => FindingView)
  findings!: FindingView[];
  @Describe('Where it is and was: what is at work first, then the newest.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => PlaceView)
  places!: PlaceView[];
  @Describe('What members say of it: what is open first, then the newest.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ReportView)
  reports!: ReportView[];
  @Describe('The newest decisions about it; list_decisions has all.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DecisionView)
  decisions!: DecisionView[];
}

@Controller()
export class BotCodeController {
  constructor(
    private readonly database: Database,
    private readonly book: CodeBook,
    private readonly decisions: Decisions,
    private readonly checks: StaticChecks,
  ) {}

  @Operation({
    name: 'list_bot_code',
    title: 'List code of bots',
    summary: 'List the sources that bots were ever attached with, and how they are used.',
    input: ListBotCode,
    output: CodeList,
    errors: [],
    scope: 'admin',
    role: 'moderator',
    toolset: 'admin',
    reads: true,
    openWorld: true,
  })
  async list({ status, query, cursor, limit }: ListBotCode): Promise<CodeList> {
    const tx = this.database.read;
    const { codes, next } = await this.book.page(tx, { status, words: query, cursor, limit: limit ?? 50 });
    return { codes: await this.summaries(tx, codes), next_cursor: next };
  }

  @Operation({
    name: 'inspect_bot_code',
    title: 'Inspect code of a bot',
    summary: 'Show a source with its manifests, what stands out in it, where it runs and what members say of it.',
    input: InspectBotCode,
    output: CodeDetail,
    errors: ['CODE_NOT_FOUND'],
    scope: 'admin',
    role: 'moderator',
    toolset: 'admin',
    reads: true,
    openWorld: true,
  })
  async inspect({ hash }: InspectBotCode): Promise<CodeDetail> {
    const tx = this.database.read;
    const code = await this.book.find(tx, hash);
    const [summary] = await this.summaries(tx, [code]);
    return {
      ...(summary as CodeSummary),
      source: code.source,
      manifests: await this.book.manifestsOf(tx, hash),
      findings: findingViews(code.source, await this.checks.of(code)),
      places: (await this.book.placesOf(tx, hash)).map(placeView),
      reports: (await this.book.reportsOf(tx, hash)).map(reportView),
      decisions: (await this.decisions.list(tx, hash, undefined, DECISIONS_SHOWN)).map(decisionView),
    };
  }

  private async summaries(tx: EntityManager, codes: readonly BotCode[]): Promise<CodeSummary[]> {
    const hashes = codes.map(({ codeHash }) => codeHash);
    const figures = await figuresOf(tx, hashes);
    const names = await Promise.all(hashes.map((hash) => this.book.namesOf(tx, hash)));
    return codes.map(({ codeHash, status, language, firstAccountId, firstAt }, i) => {
      const { channels, atWork, runs, failures, openReports } = figures.get(codeHash)!;
      return {
        code_hash: codeHash,
        status,
        language,
        preset: this.book.presetOf(codeHash),
        names: names[i] ?? [],
        first_sender: firstAccountId,
        first_at: isoTime(firstAt),
        channels,
        at_work: atWork,
        runs,
        failures,
        open_reports: openReports,
      };
    });
  }
}
