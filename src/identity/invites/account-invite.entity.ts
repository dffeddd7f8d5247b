import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AccountRole } from '../../kernel/caller.js';
import { bigint } from '../../platform/database/columns.js';

/** A one-time code to create an account or to reset a password. Used codes are kept until they expire. */
@Entity('account_invite')
@Index('ix_account_invite_expires_at', ['expiresAt'])
export class AccountInvite {
  @PrimaryColumn({ type: 'varchar', length: 64 }) hash!: string;
  @Column({ type: 'varchar', length: 12 }) purpose!: InvitePurpose;
  @Column({ type: 'varchar', length: 12 }) role!: AccountRole;
  /** The account name it is for; null: the new user chooses a name. */
  @Column({ type: 'varchar', length: 24, nullable: true }) name!: string | null;
  @Column({ name: 'used_at', type: 'bigint', transformer: bigint, nullable: true }) usedAt!: number | null;
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;
}

export type InvitePurpose = 'sign-up' | 'reset';
