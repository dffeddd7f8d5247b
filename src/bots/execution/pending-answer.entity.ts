import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An answer of the network to a run that is not committed yet. Deleted when the run is committed. */
@Entity('pending_answer')
export class PendingAnswer {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @PrimaryColumn({ name: 'event_seq', type: 'integer' }) eventSeq!: number;
  /** Counted from 0, in the order of the requests. */
  @PrimaryColumn({ type: 'integer' }) n!: number;
  /** JSON of the exchange. */
  @Column({ type: 'text' }) exchange!: string;
}
