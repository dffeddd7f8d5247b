import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AccountRole } from '../../kernel/caller.js';
import { bigint } from '../../platform/columns.js';

/** Somebody who can hold seats. In open mode each grant has a guest account of its own, in which nobody signs in. */
@Entity('account')
@Index('uq_account_login_name', ['loginName'], { unique: true })
@Index('ix_account_active_at_created_at', ['activeAt', 'createdAt'])
export class Account {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  /** What other members are shown: letters, digits, space, `_` and `-`, at most 24. */
  @Column({ type: 'varchar', length: 24 }) name!: string;
  @Column({ type: 'varchar', length: 12, default: 'guest' }) role!: AccountRole;
  /** The name without its capitals; null where nobody signs in. */
  @Column({ name: 'login_name', type: 'varchar', length: 24, nullable: true }) loginName!: string | null;
  /** The hash with its salt and its parameters. */
  @Column({ name: 'password_hash', type: 'varchar', length: 200, nullable: true }) passwordHash!: string | null;
  @Column({ name: 'disabled_at', type: 'bigint', transformer: bigint, nullable: true }) disabledAt!: number | null;
  /** When it first joined or made something; null for a guest of whom nothing would be missed. */
  @Column({ name: 'active_at', type: 'bigint', transformer: bigint, nullable: true }) activeAt!: number | null;
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
}
