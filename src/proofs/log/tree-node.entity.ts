import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * The hash of a complete subtree of 256, 65536, … leaves. Rows are added when they are needed and can be deleted at any
 * time, because they are computed from the leaves.
 */
@Entity('tree_node')
export class TreeNode {
  /** The id of a channel; empty: the server-wide log. */
  @PrimaryColumn({ type: 'varchar', length: 40 }) log!: string;
  @PrimaryColumn({ type: 'integer' }) level!: number;
  /** From 0, in its level. */
  @PrimaryColumn({ type: 'integer' }) place!: number;
  /** Base64. */
  @Column({ type: 'varchar', length: 44 }) hash!: string;
}
