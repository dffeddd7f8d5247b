import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The entropy that the creator or a joining member contributed to a channel. */
@Entity('entropy_gift')
export class EntropyGift {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  /** The `seq` of the entry that contains it. */
  @PrimaryColumn({ type: 'integer' }) seq!: number;
  @Column({ type: 'text' }) text!: string;
  /** The account that contributed it; empty if unknown. */
  @Column({ name: 'account_id', type: 'varchar', length: 40, default: '' }) accountId!: string;
}
