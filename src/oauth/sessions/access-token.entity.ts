import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { AccountRole, Caller, Scope } from '../../kernel/caller.js';
import { bigint } from '../../platform/database/columns.js';
import { Session } from './session.entity.js';

/**
 * An access token with its caller in the same row, because every request reads it. Only the hash of the token is
 * stored.
 */
@Entity('access_token')
@Index('ix_access_token_session_id', ['sessionId'])
@Index('ix_access_token_account_id', ['accountId'])
@Index('ix_access_token_expires_at', ['expiresAt'])
export class AccessToken {
  @PrimaryColumn({ type: 'varchar', length: 64 }) hash!: string;
  @ForeignKey(() => Session, { name: 'fk_access_token_session_id', onDelete: 'CASCADE' })
  @Column({ name: 'session_id', type: 'varchar', length: 40 })
  sessionId!: string;
  @Column({ name: 'account_id', type: 'varchar', length: 40 }) accountId!: string;
  @Column({ name: 'client_id', type: 'varchar', length: 40 }) clientId!: string;
  @Column({ type: 'varchar', length: 24 }) name!: string;
  @Column({ type: 'varchar', length: 12, default: 'guest' }) role!: AccountRole;
  @Column({ type: 'simple-json' }) scopes!: Scope[];
  @Column({ type: 'varchar', length: 2000, nullable: true }) resource!: string | null;
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;

  /** Whether it was issued for this server at its current URL (RFC 8707). */
  isFor(publicUrl: string) {
    return this.resource === null || [publicUrl, `${publicUrl}/mcp`].includes(this.resource);
  }

  get caller(): Caller {
    const { accountId, clientId, sessionId, name, role, scopes, expiresAt } = this;
    return { accountId, clientId, sessionId, name, role, scopes, expiresAt };
  }
}
