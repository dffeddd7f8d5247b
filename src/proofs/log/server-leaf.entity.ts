import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a leaf of the server-wide log is about (docs/log-format.md). */
export type LeafType = 'channel' | 'key' | 'decision' | 'contest';

/** A leaf of the server-wide log. Rows are never changed or deleted. */
@Entity('server_leaf')
@Index('ix_server_leaf_channel', ['channelId', 'size'])
export class ServerLeaf {
  /** Its index, from 0. */
  @PrimaryColumn({ type: 'integer' }) place!: number;
  @Column({ type: 'varchar', length: 16 }) type!: LeafType;
  /** Canonical JSON (docs/bundle-format.md). */
  @Column({ type: 'text' }) leaf!: string;
  /** Of a leaf that is a checkpoint of a channel: the channel, and the number of its entries. */
  @Column({ name: 'channel_id', type: 'varchar', length: 40, nullable: true }) channelId!: string | null;
  @Column({ type: 'integer', nullable: true }) size!: number | null;
}
