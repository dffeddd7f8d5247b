import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A `bundle` lists the hashes of the texts that are executed together (executed-bundle.ts). */
export type ExecutedKind = 'kit' | 'module' | 'package' | 'bundle';

/** A text that was executed, under the hash that runs and bundles use for it. It is never changed or deleted. */
@Entity('executed_text')
export class ExecutedText {
  /** SHA-256 of the text; for a bundle its `bundle_hash`, which is computed over the texts themselves. */
  @PrimaryColumn({ type: 'varchar', length: 71 }) hash!: string;
  @Column({ type: 'varchar', length: 8 }) kind!: ExecutedKind;
  @Column({ type: 'text' }) text!: string;
}
