import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AccountRole } from '../../kernel/caller.js';
import { bigint } from '../../platform/database/columns.js';

/**
 * A person or guest who can hold seats. In open mode each OAuth grant creates a guest account, to which nobody can sign
 * in.
 */
@Entity('account')
@Index('uq_account_login_name', ['loginName'], { unique: true })
@Index('ix_account_active_at_created_at', ['activeAt', 'createdAt'])
export class Account {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  /** The displayed name: letters, digits, space, `_` and `-`, at most 24 characters. */
  @Column({ type: 'varchar', length: 24 }) name!: string;
  @Column({ type: 'varchar', length: 12, default: 'guest' }) role!: AccountRole;
  /** The name in lower case; null if nobody can sign in. */
  @Column({ name: 'login_name', type: 'varchar', length: 24, nullable: true }) loginName!: string | null;
  /** The scrypt hash with its salt and parameters. */
  @Column({ name: 'password_hash', type: 'varchar', length: 200, nullable: true }) passwordHash!: string | null;
  @Column({ name: 'disabled_at', type: 'bigint', transformer: bigint, nullable: true }) disabledAt!: number | null;
  /** When the account first took a seat or created a channel; null for a guest that never did and can be deleted. */
  @Column({ name: 'active_at', type: 'bigint', transformer: bigint, nullable: true }) activeAt!: number | null;
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
}
