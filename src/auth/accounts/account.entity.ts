import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AccountRole } from '../../kernel/caller.js';
import { bigint } from '../../platform/columns.js';

/** Somebody who can hold seats. In open mode each grant has a guest account of its own. */
@Entity('account')
export class Account {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  /** What other members are shown: letters, digits, space, `_` and `-`, at most 24. */
  @Column({ type: 'varchar', length: 24 }) name!: string;
  @Column({ type: 'varchar', length: 12, default: 'guest' }) role!: AccountRole;
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
}
