import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One round of a bot's play and the seed of its chance: committed before, revealed after. */
@Entity('round')
export class Round {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @PrimaryColumn({ type: 'integer' }) round!: number;
  /** 32 bytes in hex. Nobody sees it before `revealedSeq`. */
  @Column({ type: 'varchar', length: 64 }) seed!: string;
  @Column({ name: 'seed_commit', type: 'varchar', length: 71 }) seedCommit!: string;
  @Column({ name: 'revealed_seq', type: 'integer', nullable: true }) revealedSeq!: number | null;
  /** The first entry by which the bot had drawn, committed or been told something in private; null while it has not. */
  @Column({ name: 'touched_seq', type: 'integer', nullable: true }) touchedSeq!: number | null;
  /** The account that has read what the bot printed in it: for somebody else to play, another round has to begin. */
  @Column({ name: 'peeked_by', type: 'varchar', length: 40, nullable: true }) peekedBy!: string | null;
}
