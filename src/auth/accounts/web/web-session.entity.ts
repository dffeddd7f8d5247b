import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../../platform/columns.js';
import { Account } from '../account.entity.js';

/** Somebody signed in with a browser. The secret in its cookie is nowhere else. */
@Entity('web_session')
@Index('ix_web_session_account_id', ['accountId'])
@Index('ix_web_session_expires_at', ['expiresAt'])
export class WebSession {
  @PrimaryColumn({ type: 'varchar', length: 64 }) hash!: string;
  @ForeignKey(() => Account, { name: 'fk_web_session_account_id', onDelete: 'CASCADE' })
  @Column({ name: 'account_id', type: 'varchar', length: 40 })
  accountId!: string;
  /** What the browser calls itself. */
  @Column({ type: 'varchar', length: 200 }) browser!: string;
  /** When a passkey was last shown in it. */
  @Column({ name: 'passkey_at', type: 'bigint', transformer: bigint, nullable: true }) passkeyAt!: number | null;
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
  @Column({ name: 'seen_at', type: 'bigint', transformer: bigint }) seenAt!: number;
  /** Its end at the latest, however much it is used. */
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;
}
