import { IsInt, IsString } from 'class-validator';
import { isoTime } from '../../kernel/clock.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import type { Decision } from './decision.entity.js';
import { DECISION_REASONS } from './reasons.js';

export class DecisionView {
  @Describe('Its number. A decision is never changed.') @IsInt() decision_id!: number;
  @Describe('SHA-256 over the source it is about.') @IsString() code_hash!: string;
  @Describe('allow, quarantine or block.') @IsString() decision!: string;
  @Describe('The reason, as a code that never changes.') @IsString() reason_code!: string;
  @Describe('The reason, in a sentence.') @IsString() reason!: string;
  @Untrusted('what the admin added.') @IsString() note!: string;
  @Describe('The account that decided.') @IsString() decided_by!: string;
  @Describe('ISO 8601 in UTC.') @IsString() decided_at!: string;
}

export const decisionView = ({ id, codeHash, verdict, reasonCode, note, accountId, decidedAt }: Decision) => ({
  decision_id: id,
  code_hash: codeHash,
  decision: verdict,
  reason_code: reasonCode,
  reason: DECISION_REASONS[reasonCode],
  note,
  decided_by: accountId,
  decided_at: isoTime(decidedAt),
});
