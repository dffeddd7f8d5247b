import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { Operation } from '../../kernel/operation.js';
import { Describe } from '../../kernel/schema.js';
import { Database } from '../../platform/database.js';
import { VERDICTS, type Verdict } from './decision.entity.js';
import { DecisionView, decisionView } from './decision.view.js';
import { Decisions } from './decisions.service.js';
import { DECISION_REASON_CODES, type DecisionReason } from './reasons.js';

/** How a source is named. */
export const HASH = /^sha256:[0-9a-f]{64}$/;

class DecideBotCode {
  @Describe('SHA-256 over the source, sha256:….') @IsString() @Matches(HASH) hash!: string;
  @Describe(
    'allow: it may be attached and run. quarantine: nobody attaches it any more, and where it is it goes on. block: it is stopped everywhere before its next hook.',
  )
  @IsString()
  @IsIn(VERDICTS)
  decision!: Verdict;
  @Describe('Why. Every channel with this code is told.')
  @IsString()
  @IsIn(DECISION_REASON_CODES)
  reason_code!: DecisionReason;
  @Describe('What you want to add. Shown in these channels as a quotation.')
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  note?: string;
}

class DecisionMade extends DecisionView {
  @Describe('How many open channels were told.') @IsInt() channels_told!: number;
  @Describe('How many bots were stopped.') @IsInt() bots_stopped!: number;
  @Describe('How many referee a contest in play: they go on until a second moderator decides the same, or it is over.')
  @IsInt()
  bots_spared!: number;
}

class ListDecisions {
  @Describe('Only those about this source.') @IsOptional() @IsString() @Matches(HASH) hash?: string;
  @Describe('The next_cursor of the page before.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  cursor?: number;
  @Describe('How many at most.') @IsOptional() @IsInt() @Min(1) @Max(200) limit: number = 50;
}

class DecisionList {
  @Describe('Newest first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DecisionView)
  decisions!: DecisionView[];
  @Describe('Give it as cursor to go on; null at the end.', { type: ['integer', 'null'] })
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
    title: 'Decide about code',
    summary: 'Allow, quarantine or block a source by its hash, in every channel and under any name.',
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
        'reason_code reviewed is a reason to allow code: say what speaks against it',
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
    summary: 'List what admins decided about code, of all or of one source.',
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
    const most = limit ?? 50;
    const found = await this.decisions.list(this.database.read, hash, cursor, most + 1);
    const shown = found.slice(0, most);
    const next_cursor = found.length > most ? (shown.at(-1)?.id ?? null) : null;
    return { decisions: shown.map(decisionView), next_cursor };
  }
}
