import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { Operation } from '../../kernel/operation.js';
import { PageLimit } from '../../kernel/page-fields.js';
import { Describe, IsSafeInt } from '../../kernel/schema.js';
import { Database } from '../../platform/database/database.js';
import { VERDICTS, type Verdict } from './decision.entity.js';
import { DecisionView, decisionView } from './decision.view.js';
import { Decisions } from './decisions.service.js';
import { DECISION_REASON_CODES, type DecisionReason } from './reasons.js';

/** How a source is named. */
export const HASH = /^sha256:[0-9a-f]{64}$/;

class DecideBotCode {
  @Describe('SHA-256 over the source, sha256:….') @IsString() @Matches(HASH) hash!: string;
  @Describe(
    'allow: it may be attached and run. quarantine: it cannot be attached; bots that already run it continue. block: every bot that runs it is stopped before its next hook.',
  )
  @IsString()
  @IsIn(VERDICTS)
  decision!: Verdict;
  @Describe('The reason. It is posted in every channel with this code.')
  @IsString()
  @IsIn(DECISION_REASON_CODES)
  reason_code!: DecisionReason;
  @Describe('An optional note, shown in these channels as a quotation.')
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  note?: string;
}

class DecisionMade extends DecisionView {
  @Describe('Number of open channels that were informed.') @IsInt() channels_told!: number;
  @Describe('Number of bots that were stopped.') @IsInt() bots_stopped!: number;
  @Describe(
    'Number of bots not stopped because their contest is in play: they continue until a second moderator makes the same decision or the round is over.',
  )
  @IsInt()
  bots_spared!: number;
}

class ListDecisions {
  @Describe('Only those about this source.') @IsOptional() @IsString() @Matches(HASH) hash?: string;
  @Describe('The next_cursor of the previous page.')
  @IsOptional()
  @IsSafeInt(1)
  cursor?: number;
  @PageLimit(200) limit: number = 50;
}

class DecisionList {
  @Describe('Newest first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DecisionView)
  decisions!: DecisionView[];
  @Describe('Pass it as cursor to get the next page; null at the end.', { type: ['integer', 'null'] })
  @IsInt()
  next_cursor!: number | null;
}

@Controller()
export class DecisionsController {
  constructor(
    private readonly database: Database,
    private readonly decisions: Decisions,
  ) {}

  @Operation({
    name: 'decide_bot_code',
    title: 'Decide about bot code',
    summary: 'Allow, quarantine or block a bot source by its hash, in every channel and under any name.',
    input: DecideBotCode,
    output: DecisionMade,
    errors: ['CODE_NOT_FOUND', 'INTERESTED'],
    scope: 'admin',
    role: 'moderator',
    toolset: 'admin',
    destroys: true,
    openWorld: true,
  })
  async decide({ hash, decision, reason_code, note }: DecideBotCode, caller: Caller): Promise<DecisionMade> {
    if (decision === 'block' && reason_code === 'reviewed') {
      throw new DomainError(
        'INVALID_REQUEST',
        'reason_code reviewed is only for allow: choose the reason for this decision',
      );
    }
    const opinion = { hash, verdict: decision, reasonCode: reason_code, note: note ?? '' };
    const decided = await this.decisions.decide(opinion, caller);
    return {
      ...decisionView(decided.decision),
      channels_told: decided.channelsTold,
      bots_stopped: decided.botsStopped,
      bots_spared: decided.botsSpared,
    };
  }

  @Operation({
    name: 'list_decisions',
    title: 'List decisions about code',
    summary: 'List the decisions about bot code, for all sources or for one.',
    input: ListDecisions,
    output: DecisionList,
    errors: [],
    scope: 'admin',
    role: 'moderator',
    toolset: 'admin',
    reads: true,
    openWorld: true,
  })
  async list({ hash, cursor, limit }: ListDecisions): Promise<DecisionList> {
    const pageSize = limit ?? 50;
    const rows = await this.decisions.list(this.database.read, hash, cursor, pageSize + 1);
    const page = rows.slice(0, pageSize);
    const next_cursor = rows.length > pageSize ? (page.at(-1)?.id ?? null) : null;
    return { decisions: page.map(decisionView), next_cursor };
  }
}
