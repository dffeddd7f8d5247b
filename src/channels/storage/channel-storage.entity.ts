import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/columns.js';

/** How many bytes one account has caused to be stored in one channel: its share, which no other can use up. */
@Entity('channel_storage')
export class ChannelStorage {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'account_id', type: 'varchar', length: 40 }) accountId!: string;
  @Column({ type: 'bigint', transformer: bigint }) bytes!: number;
  /** What of it the account wrote itself, and no bot in answer. */
  @Column({ name: 'own_bytes', type: 'bigint', default: 0, transformer: bigint }) ownBytes!: number;
}
