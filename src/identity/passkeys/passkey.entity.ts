import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';
import { Account } from '../accounts/account.entity.js';

/** The public key of a passkey of an account. */
@Entity('passkey')
@Index('ix_passkey_account_id', ['accountId'])
export class Passkey {
  /** The credential id in base64url. */
  @PrimaryColumn({ type: 'varchar', length: 1400 }) id!: string;
  @ForeignKey(() => Account, { name: 'fk_passkey_account_id', onDelete: 'CASCADE' })
  @Column({ name: 'account_id', type: 'varchar', length: 40 })
  accountId!: string;
  /** The name that its owner gave it. */
  @Column({ type: 'varchar', length: 40 }) label!: string;
  /** COSE format, in base64url. */
  @Column({ name: 'public_key', type: 'text' }) publicKey!: string;
  /** The signature counter. If it decreases, the key was copied. */
  @Column({ type: 'bigint', transformer: bigint }) counter!: number;
  @Column({ type: 'simple-json' }) transports!: string[];
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
  @Column({ name: 'used_at', type: 'bigint', transformer: bigint, nullable: true }) usedAt!: number | null;
}
