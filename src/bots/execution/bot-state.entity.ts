import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A state that some run began with, once under its hash: so that one missing input costs a replay one run, not the rest. */
@Entity('bot_state')
export class BotState {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ type: 'varchar', length: 71 }) hash!: string;
  @Column({ type: 'text' }) json!: string;
}
