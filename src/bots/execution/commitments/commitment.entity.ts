import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * open: it alone can be verified. contested: another commitment was open at the same time, so its bot had a choice.
 * opened: its bot has revealed the value. lapsed: its bot has made a new commitment in a later round.
 */
export type CommitmentStanding = 'open' | 'contested' | 'opened' | 'lapsed';

/** A commitment of a bot. Derived from the log, so that a reveal finds it fast. */
@Entity('bot_commitment')
@Index('ix_commitment_hash', ['channelId', 'botId', 'hash'])
@Index('ix_commitment_standing', ['channelId', 'botId', 'standing'])
export class Commitment {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  /** The entry that contains it. */
  @PrimaryColumn({ type: 'integer' }) seq!: number;
  @Column({ type: 'integer' }) run!: number;
  /** The round it is for: the round of its run, or the next one if its run ended that round. */
  @Column({ type: 'integer' }) round!: number;
  @Column({ type: 'varchar', length: 64 }) hash!: string;
  /** Its run could know more than the log, because it used the network or had secrets. */
  @Column({ type: 'boolean' }) informed!: boolean;
  @Column({ type: 'varchar', length: 10 }) standing!: CommitmentStanding;
}
