import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';
import type { ReportReason } from './reasons.js';

/** A report of a member about a bot. Only admins see it; it is open until an admin decides about the code. */
@Entity('bot_report')
@Index('ix_bot_report_code', ['codeHash', 'decisionId', 'reportedAt'])
@Index('ix_bot_report_account', ['accountId', 'decisionId'])
export class BotReport {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  @Column({ name: 'code_hash', type: 'varchar', length: 71 }) codeHash!: string;
  @Column({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @Column({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @Column({ name: 'account_id', type: 'varchar', length: 40 }) accountId!: string;
  @Column({ type: 'varchar', length: 20 }) reason!: ReportReason;
  @Column({ type: 'varchar', length: 1000 }) text!: string;
  @Column({ name: 'reported_at', type: 'bigint', transformer: bigint }) reportedAt!: number;
  /** The decision that answered it. */
  @Column({ name: 'decision_id', type: 'integer', nullable: true }) decisionId!: number | null;
}
