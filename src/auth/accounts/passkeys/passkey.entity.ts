import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../../platform/columns.js';
import { Account } from '../account.entity.js';

/** The public half of a key that an authenticator holds for an account. */
@Entity('passkey')
@Index('ix_passkey_account_id', ['accountId'])
export class Passkey {
  /** As the authenticator names it, in base64url. */
  @PrimaryColumn({ type: 'varchar', length: 1400 }) id!: string;
  @ForeignKey(() => Account, { name: 'fk_passkey_account_id', onDelete: 'CASCADE' })
  @Column({ name: 'account_id', type: 'varchar', length: 40 })
  accountId!: string;
  /** What its owner calls it. */
  @Column({ type: 'varchar', length: 40 }) label!: string;
  /** COSE, in base64url. */
  @Column({ name: 'public_key', type: 'text' }) publicKey!: string;
  /** How often the authenticator says it was used; one that goes back is a copy. */
  @Column({ type: 'bigint', transformer: bigint }) counter!: number;
  @Column({ type: 'simple-json' }) transports!: string[];
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
  @Column({ name: 'used_at', type: 'bigint', transformer: bigint, nullable: true }) usedAt!: number | null;
}
