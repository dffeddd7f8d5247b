import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { DomainError } from '../kernel/errors.js';
import { bigint } from '../platform/database/columns.js';
import type { ChannelMode } from './channel-mode.js';

export type Visibility = 'private' | 'public';

/** A channel, and the head of its log: the newest `seq` and its time. */
@Entity('channel')
@Index('ix_channel_creator', ['creatorId'])
@Index('ix_channel_visibility', ['visibility', 'createdAt'])
@Index('ix_channel_open', ['visibility', 'closedAt', 'createdAt'])
export class Channel {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  @Column({ type: 'varchar', length: 80 }) name!: string;
  @Column({ type: 'varchar', length: 8 }) visibility!: Visibility;
  @Column({ type: 'varchar', length: 16, default: 'open' }) mode!: ChannelMode;
  @Column({ name: 'creator_id', type: 'varchar', length: 40 }) creatorId!: string;
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
  @Column({ name: 'closed_at', type: 'bigint', nullable: true, transformer: bigint }) closedAt!: number | null;
  /** An account may hold only one player seat, which makes the channel a contest. Set when it is created. */
  @Column({ name: 'distinct_members', type: 'boolean' }) distinctMembers!: boolean;
  @Column({ name: 'last_seq', type: 'integer' }) lastSeq!: number;
  @Column({ name: 'last_ts', type: 'bigint', transformer: bigint }) lastTs!: number;
  /** The number of entries that everyone may read; the number of hidden entries is not public. */
  @Column({ name: 'visible_count', type: 'integer' }) visibleCount!: number;

  /** When its log was exported to a file; from then on the channel is being deleted. */
  @Column({ name: 'retired_at', type: 'bigint', nullable: true, transformer: bigint }) retiredAt!: number | null;

  get isOpen(): boolean {
    return this.closedAt === null;
  }

  assertOpen(): this {
    if (!this.isOpen) throw new DomainError('CHANNEL_CLOSED');
    return this;
  }
}
