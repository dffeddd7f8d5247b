import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * One round of a bot and the seed of its chance: the commitment is logged at its start, the seed is revealed at its
 * end.
 */
@Entity('round')
export class Round {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @PrimaryColumn({ type: 'integer' }) round!: number;
  /** 32 bytes in hex. Nobody sees it before `revealedSeq`. */
  @Column({ type: 'varchar', length: 64 }) seed!: string;
  @Column({ name: 'seed_commit', type: 'varchar', length: 71 }) seedCommit!: string;
  @Column({ name: 'revealed_seq', type: 'integer', nullable: true }) revealedSeq!: number | null;
  /**
   * The first entry by which the bot had drawn, made a commitment or received or sent a private message; null before
   * that.
   */
  @Column({ name: 'touched_seq', type: 'integer', nullable: true }) touchedSeq!: number | null;
  /**
   * An account that knows more about the round than a player may: before another account plays, a new round has to
   * begin.
   */
  @Column({ name: 'peeked_by', type: 'varchar', length: 40, nullable: true }) peekedBy!: string | null;
  /** The operation through which the account learned it. */
  @Column({ name: 'peeked_op', type: 'varchar', length: 40, nullable: true }) peekedOp!: string | null;
}
