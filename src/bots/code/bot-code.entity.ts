import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Language } from '../../../bot-sdk/contract.js';
import { bigint } from '../../platform/database/columns.js';

/** The state of a source by the last decision of an admin; `unseen` if there is none. */
export const CODE_STATUSES = ['unseen', 'allowed', 'quarantined', 'blocked'] as const;
export type CodeStatus = (typeof CODE_STATUSES)[number];

/** The source of a preset or of code that was ever attached, stored once under its hash. */
@Entity('bot_code')
@Index('ix_bot_code_first_at', ['firstAt', 'codeHash'])
@Index('ix_bot_code_status', ['status', 'firstAt'])
export class BotCode {
  @PrimaryColumn({ name: 'code_hash', type: 'varchar', length: 71 }) codeHash!: string;
  @Column({ type: 'varchar', length: 10 }) language!: Language;
  @Column({ type: 'text' }) source!: string;
  @Column({ name: 'first_account_id', type: 'varchar', length: 40 }) firstAccountId!: string;
  @Column({ name: 'first_at', type: 'bigint', transformer: bigint }) firstAt!: number;
  @Column({ type: 'varchar', length: 12, default: 'unseen' }) status!: CodeStatus;
  /** When an admin first allowed it. A later quarantine does not stop bots that were already attached. */
  @Column({ name: 'cleared_at', type: 'bigint', nullable: true, transformer: bigint }) clearedAt!: number | null;
}
