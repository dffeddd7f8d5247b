import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the creator or somebody who joined added to the randomness of a channel. */
@Entity('entropy_gift')
export class EntropyGift {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  /** The entry that says so. */
  @PrimaryColumn({ type: 'integer' }) seq!: number;
  @Column({ type: 'text' }) text!: string;
  /** Whose it was; empty where that is no longer known. */
  @Column({ name: 'account_id', type: 'varchar', length: 40, default: '' }) accountId!: string;
}
