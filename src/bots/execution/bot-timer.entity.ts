import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';

/** A timer a bot has set. It stays until its hook begins, so that a hook before it in the log can still clear or renew it. */
@Entity('bot_timer')
@Index('ix_bot_timer_due', ['firedSeq', 'dueAt'])
export class BotTimer {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @PrimaryColumn({ type: 'varchar', length: 64 }) name!: string;
  @Column({ name: 'due_at', type: 'bigint', transformer: bigint }) dueAt!: number;
  /** Who caused the hook that set it: its firing and its hook are on that account. */
  @Column({ name: 'account_id', type: 'varchar', length: 40, default: '' }) accountId!: string;
  @Column({ name: 'fired_seq', type: 'integer', nullable: true }) firedSeq!: number | null;
}
