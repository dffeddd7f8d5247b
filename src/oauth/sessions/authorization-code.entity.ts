import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Scope } from '../../kernel/caller.js';
import { bigint } from '../../platform/database/columns.js';
import { OauthClient } from '../clients/oauth-client.entity.js';

/** An approved request until the client redeems its code. Used codes are kept for a while, to detect a replay. */
@Entity('authorization_code')
@Index('ix_authorization_code_client_id', ['clientId'])
@Index('ix_authorization_code_session_id', ['sessionId'])
@Index('ix_authorization_code_expires_at', ['expiresAt'])
export class AuthorizationCode {
  @PrimaryColumn({ type: 'varchar', length: 64 }) hash!: string;
  /** The session that it opens when it is redeemed. */
  @Column({ name: 'session_id', type: 'varchar', length: 40 }) sessionId!: string;
  /** The account that approved it; null: a new guest. */
  @Column({ name: 'account_id', type: 'varchar', length: 40, nullable: true }) accountId!: string | null;
  @ForeignKey(() => OauthClient, { name: 'fk_authorization_code_client_id', onDelete: 'CASCADE' })
  @Column({ name: 'client_id', type: 'varchar', length: 40 })
  clientId!: string;
  @Column({ name: 'redirect_uri', type: 'varchar', length: 2000 }) redirectUri!: string;
  @Column({ name: 'code_challenge', type: 'varchar', length: 43 }) codeChallenge!: string;
  @Column({ type: 'simple-json' }) scopes!: Scope[];
  @Column({ type: 'varchar', length: 2000, nullable: true }) resource!: string | null;
  @Column({ name: 'used_at', type: 'bigint', transformer: bigint, nullable: true }) usedAt!: number | null;
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;
}
