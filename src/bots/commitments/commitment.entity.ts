import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * open: it alone can be verified. contested: another was open beside it, so its bot had a choice. opened: its bot has shown
 * the value. lapsed: its bot has committed anew in a later round.
 */
export type CommitmentStanding = 'open' | 'contested' | 'opened' | 'lapsed';

/** What a bot has bound itself to. A reading of the log, kept so that a reveal finds it at once. */
@Entity('bot_commitment')
@Index('ix_commitment_hash', ['channelId', 'botId', 'hash'])
@Index('ix_commitment_standing', ['channelId', 'botId', 'standing'])
export class Commitment {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  /** The entry that says so. */
  @PrimaryColumn({ type: 'integer' }) seq!: number;
  @Column({ type: 'integer' }) run!: number;
  /** The round it is for: that of its run, or the next one where its run ended that. */
  @Column({ type: 'integer' }) round!: number;
  @Column({ type: 'varchar', length: 64 }) hash!: string;
  /** Its run could know more than the log: it asked the network, or had secrets. */
  @Column({ type: 'boolean' }) informed!: boolean;
  @Column({ type: 'varchar', length: 10 }) standing!: CommitmentStanding;
}
