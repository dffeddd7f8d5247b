import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The secrets that a bot was given. It goes with the bot. */
@Entity('bot_env')
export class BotEnv {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  /** What everyone may know of them. */
  @Column({ type: 'simple-json' }) names!: string[];
  /** SHA-256 over the salt and the canonical JSON of the values: runs with the same commitment had the same secrets. */
  @Column({ name: 'commitment', type: 'varchar', length: 71 }) commitment!: string;
  /** JSON of salt and values, sealed for this bot. */
  @Column({ type: 'text' }) sealed!: string;
}
