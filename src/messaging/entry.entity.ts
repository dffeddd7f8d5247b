import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '../../bot-sdk/contract.js';
import type { Kind, Signature } from './entry.js';

/**
 * One entry of a channel's log. Its header never changes; only `revealed` and an erasure change other columns later.
 */
@Entity('entry')
@Index('ix_entry_type', ['channelId', 'type', 'seq'])
@Index('ix_entry_from', ['channelId', 'from', 'type', 'seq'])
@Index('ix_entry_cause', ['channelId', 'causeSeq'])
export class Entry {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ type: 'integer' }) seq!: number;
  @Column({ type: 'varchar', length: 24 }) ts!: string;
  @Column({ type: 'varchar', length: 8 }) kind!: Kind;
  @Column({ name: 'from_id', type: 'varchar', length: 72 }) from!: string;
  @Column({ name: 'to_id', type: 'varchar', length: 64, nullable: true }) to!: string | null;
  @Column({ type: 'boolean' }) hidden!: boolean;
  /** A hidden entry whose opening everyone may now read. */
  @Column({ type: 'boolean' }) revealed!: boolean;
  /** `body.type` of a visible entry, to find entries by type. */
  @Column({ type: 'varchar', length: 64, nullable: true }) type!: string | null;
  @Column({ type: 'integer', nullable: true }) run!: number | null;
  /**
   * The entry that a bot answered with this one. Not part of the log: it would show which hidden entries are private
   * messages.
   */
  @Column({ name: 'cause_seq', type: 'integer', nullable: true }) causeSeq!: number | null;
  /** Free text of a member that is shown only on request, by the mode of the channel. */
  @Column({ type: 'boolean', nullable: true }) quarantined!: boolean | null;
  /** The account to which the entry is charged, including bot answers. Not part of the log. */
  @Column({ name: 'account_id', type: 'varchar', length: 40, nullable: true }) accountId!: string | null;
  @Column({ type: 'text' }) header!: string;
  @Column({ type: 'varchar', length: 64 }) salt!: string;
  @Column({ type: 'text' }) opening!: string;
  @Column({ name: 'leaf_hash', type: 'varchar', length: 71 }) leafHash!: string;

  body(): JsonObject {
    return JSON.parse(this.opening).body;
  }

  /** The member's signature, if the message was signed. */
  signature(): Signature | undefined {
    return JSON.parse(this.opening).sig;
  }
}
