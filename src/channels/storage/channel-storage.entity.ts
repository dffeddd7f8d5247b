import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';

/** The bytes that one account has caused in one channel. Each account has its own share of the channel. */
@Entity('channel_storage')
export class ChannelStorage {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'account_id', type: 'varchar', length: 40 }) accountId!: string;
  @Column({ type: 'bigint', transformer: bigint }) bytes!: number;
  /** The part that the account wrote itself, without answers of bots. */
  @Column({ name: 'own_bytes', type: 'bigint', default: 0, transformer: bigint }) ownBytes!: number;
}
