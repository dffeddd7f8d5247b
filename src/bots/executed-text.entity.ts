import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `bundle` says which of the others are executed together, by their hashes (executed-bundle.ts). */
export type ExecutedKind = 'kit' | 'module' | 'package' | 'bundle';

/** A text that was executed, under the hash that runs and bundles name it by. It is never changed and never goes. */
@Entity('executed_text')
export class ExecutedText {
  /** SHA-256 of the text; of a bundle its `bundle_hash`, which is over the texts themselves. */
  @PrimaryColumn({ type: 'varchar', length: 71 }) hash!: string;
  @Column({ type: 'varchar', length: 8 }) kind!: ExecutedKind;
  @Column({ type: 'text' }) text!: string;
}
