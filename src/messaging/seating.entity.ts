import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Player } from '../../bot-sdk/contract.js';

/** The players right after an entry that changed them, in the order in which they joined. */
@Entity('seating')
export class Seating {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ type: 'integer' }) seq!: number;
  @Column({ name: 'players', type: 'simple-json' }) players!: Player[];
}
