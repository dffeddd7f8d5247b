import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';
import { Account } from '../accounts/account.entity.js';

/** A browser in which an account is signed in. Only the hash of the cookie's secret is stored. */
@Entity('web_session')
@Index('ix_web_session_account_id', ['accountId'])
@Index('ix_web_session_expires_at', ['expiresAt'])
export class WebSession {
  @PrimaryColumn({ type: 'varchar', length: 64 }) hash!: string;
  @ForeignKey(() => Account, { name: 'fk_web_session_account_id', onDelete: 'CASCADE' })
  @Column({ name: 'account_id', type: 'varchar', length: 40 })
  accountId!: string;
  /** The User-Agent header. */
  @Column({ type: 'varchar', length: 200 }) browser!: string;
  /** When a passkey was last used in it. */
  @Column({ name: 'passkey_at', type: 'bigint', transformer: bigint, nullable: true }) passkeyAt!: number | null;
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
  @Column({ name: 'seen_at', type: 'bigint', transformer: bigint }) seenAt!: number;
  /** When it ends, even if it is used until then. */
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;
}
