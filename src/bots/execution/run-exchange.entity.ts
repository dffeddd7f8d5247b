import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One web request of a run with the answer that the bot got. A replay gives the bot the same answer. */
@Entity('run_exchange')
export class RunExchange {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @PrimaryColumn({ type: 'integer' }) run!: number;
  /** Counted from 0, in the order of the requests. */
  @PrimaryColumn({ type: 'integer' }) n!: number;
  /** Canonical JSON of the WebRequest (bot-sdk/web.ts). */
  @Column({ type: 'text' }) request!: string;
  /** Canonical JSON of the WebAnswer. */
  @Column({ type: 'text' }) answer!: string;
}
