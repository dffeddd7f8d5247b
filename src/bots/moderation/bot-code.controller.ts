import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsObject, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';
import type { EntityManager } from 'typeorm';
import { isoTime } from '../../kernel/clock.js';
import { Operation } from '../../kernel/operation.js';
import { PageCursor, PageLimit } from '../../kernel/page-fields.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import { Database } from '../../platform/database/database.js';
import { type BotCode, CODE_STATUSES, type CodeStatus } from '../code/bot-code.entity.js';
import { figuresOf } from './code-figures.js';
import { CodeRegistry } from './code-registry.service.js';
import { DecisionView, decisionView } from './decision.view.js';
import { HASH } from './decisions.controller.js';
import { Decisions } from './decisions.service.js';
import { FindingView, findingViews, PlaceView, placeView, ReportView, reportView } from './inspection.view.js';
import { StaticChecks } from './static-checks.service.js';

const STATUS_FILTERS = [...CODE_STATUSES, 'reported'] as const;
const DECISIONS_SHOWN = 50;

class ListBotCode {
  @Describe('Only code with this status; reported: code with open reports.')
  @IsOptional()
  @IsString()
  @IsIn(STATUS_FILTERS)
  status?: CodeStatus | 'reported';
  @Describe(
    'Part of a name it was attached under, or the start of its hash or of the id of the account that sent it first.',
  )
  @IsOptional()
  @IsString()
  @Length(1, 80)
  query?: string;
  @PageCursor(100) cursor?: string;
  @PageLimit(100) limit: number = 50;
}

class CodeSummary {
  @Describe('SHA-256 over the source as written.') @IsString() code_hash!: string;
  @Describe('unseen (no decision yet), allowed, quarantined or blocked.') @IsString() status!: string;
  @Describe('javascript, typescript or python.') @IsString() language!: string;
  @Describe('The preset it is, or null.', { type: ['string', 'null'] }) @IsString() preset!: string | null;
  @Untrusted('some of the names it was attached under.') @IsArray() @IsString({ each: true }) names!: string[];
  @Describe('The account that sent it first; server for a preset that comes with the server.')
  @IsString()
  first_sender!: string;
  @Describe('When it was first attached, ISO 8601 in UTC.') @IsString() first_at!: string;
  @Describe('Number of channels in which it is or was attached.') @IsInt() channels!: number;
  @Describe('Number of bots that run it now.') @IsInt() at_work!: number;
  @Describe('Number of its hooks that have run.') @IsInt() runs!: number;
  @Describe('Number of these that failed.') @IsInt() failures!: number;
  @Describe('Number of open reports.') @IsInt() open_reports!: number;
}

class CodeList {
  @Describe('Newest first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => CodeSummary)
  codes!: CodeSummary[];
  @Describe('Pass it as cursor to get the next page; null at the end.', { type: ['string', 'null'] })
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
  @Describe('Lines that a reviewer should look at. These are hints, not proof.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => FindingView)
  findings!: FindingView[];
  @Describe('The bots that run it now, then earlier ones, newest first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => PlaceView)
  places!: PlaceView[];
  @Describe('Reports of members: open ones first, then newest first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ReportView)
  reports!: ReportView[];
  @Describe('The newest decisions about it; list_decisions lists all.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DecisionView)
  decisions!: DecisionView[];
}

@Controller()
export class BotCodeController {
  constructor(
    private readonly database: Database,
    private readonly book: CodeRegistry,
    private readonly decisions: Decisions,
    private readonly checks: StaticChecks,
  ) {}

  @Operation({
    name: 'list_bot_code',
    title: 'List bot code',
    summary: 'List every bot source that was ever attached, and how it is used.',
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
    const db = this.database.read;
    const { codes, next } = await this.book.page(db, { status, words: query, cursor, limit: limit ?? 50 });
    return { codes: await this.summaries(db, codes), next_cursor: next };
  }

  @Operation({
    name: 'inspect_bot_code',
    title: 'Inspect bot code',
    summary: 'Show a source, its manifests, findings, the bots that run it and reports about it.',
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
    const db = this.database.read;
    const code = await this.book.find(db, hash);
    const [summary] = await this.summaries(db, [code]);
    return {
      ...(summary as CodeSummary),
      source: code.source,
      manifests: await this.book.manifestsOf(db, hash),
      findings: findingViews(code.source, await this.checks.of(code)),
      places: (await this.book.placesOf(db, hash)).map(placeView),
      reports: (await this.book.reportsOf(db, hash)).map(reportView),
      decisions: (await this.decisions.list(db, hash, undefined, DECISIONS_SHOWN)).map(decisionView),
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
