import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Player } from '../../bot-sdk/contract.js';

/** Who sat in the players' seats right after an entry that changed it, in the order in which they came. */
@Entity('seating')
export class Seating {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ type: 'integer' }) seq!: number;
  @Column({ name: 'players', type: 'simple-json' }) players!: Player[];
}
