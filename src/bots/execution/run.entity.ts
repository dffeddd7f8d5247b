import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Hook, Outcome } from '../../../bot-sdk/contract.js';

/** One hook executed. Its receipt is in the log; this row finds it. */
@Entity('run')
@Index('ix_run_event', ['channelId', 'eventSeq'])
@Index('ix_run_outcome', ['channelId', 'botId', 'outcome'])
export class Run {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @PrimaryColumn({ type: 'integer' }) run!: number;
  @Column({ type: 'integer' }) round!: number;
  @Column({ type: 'varchar', length: 20 }) hook!: Hook;
  @Column({ name: 'event_seq', type: 'integer' }) eventSeq!: number;
  @Column({ name: 'receipt_seq', type: 'integer' }) receiptSeq!: number;
  @Column({ type: 'varchar', length: 10 }) outcome!: Outcome;
  @Column({ type: 'integer' }) ms!: number;
  /** `seq` of each post, in the order of the posts. */
  @Column({ type: 'simple-json' }) outputs!: number[];
  /** `seq` of each sealed post, by the handle that the bot uses for it. */
  @Column({ type: 'simple-json' }) sealed!: Record<string, number>;
}
