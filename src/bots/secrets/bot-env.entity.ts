import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The secrets of a bot. Deleted when the bot is released. */
@Entity('bot_env')
export class BotEnv {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  /** The names of the secrets, which everyone may know. */
  @Column({ type: 'simple-json' }) names!: string[];
  /** SHA-256 over the salt and the canonical JSON of the values: runs with the same commitment had the same secrets. */
  @Column({ name: 'commitment', type: 'varchar', length: 71 }) commitment!: string;
  /** JSON of salt and values, sealed for this bot. */
  @Column({ type: 'text' }) sealed!: string;
}
