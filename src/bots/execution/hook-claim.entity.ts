import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The process that runs the hooks of a bot. Only used if several processes use the database. */
@Entity('hook_claim')
export class HookClaim {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @Column({ name: 'process_id', type: 'varchar', length: 40 }) processId!: string;
}
