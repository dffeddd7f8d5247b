import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';
import type { DecisionReason } from './reasons.js';

export const VERDICTS = ['allow', 'quarantine', 'block'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A decision of an admin about a source. It is never changed: a new decision is a new row. */
@Entity('decision')
@Index('ix_decision_code', ['codeHash', 'id'])
export class Decision {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ name: 'code_hash', type: 'varchar', length: 71 }) codeHash!: string;
  @Column({ type: 'varchar', length: 12 }) verdict!: Verdict;
  @Column({ name: 'reason_code', type: 'varchar', length: 20 }) reasonCode!: DecisionReason;
  @Column({ type: 'varchar', length: 1000 }) note!: string;
  @Column({ name: 'account_id', type: 'varchar', length: 40 }) accountId!: string;
  @Column({ name: 'decided_at', type: 'bigint', transformer: bigint }) decidedAt!: number;
}
