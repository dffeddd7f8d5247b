import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The lines that a bot printed in one run. Admins of its channel can read them; only the newest runs are kept. */
@Entity('bot_log')
export class BotLog {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @PrimaryColumn({ type: 'integer' }) run!: number;
  @Column({ type: 'integer' }) bytes!: number;
  @Column({ type: 'simple-json' }) lines!: string[];
}
