import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';

/** A leaf that has happened and waits for its place in the server-wide log. */
@Entity('awaited_leaf')
export class AwaitedLeaf {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  @Column({ type: 'bigint', transformer: bigint }) at!: number;
  /** Canonical JSON. */
  @Column({ type: 'text' }) leaf!: string;
}
