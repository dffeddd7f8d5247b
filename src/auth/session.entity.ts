import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Scope } from '../kernel/caller.js';
import { bigint } from '../platform/columns.js';
import { Account } from './accounts/account.entity.js';
import { OauthClient } from './oauth/oauth-client.entity.js';

/** One OAuth grant, the family of its tokens. Seats are held by sessions, so the row outlives its tokens. */
@Entity('session')
@Index('ix_session_account_id', ['accountId'])
@Index('ix_session_client_id', ['clientId'])
@Unique('uq_session_machine_of', ['machineOf'])
export class Session {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  @ForeignKey(() => Account, { name: 'fk_session_account_id', onDelete: 'CASCADE' })
  @Column({ name: 'account_id', type: 'varchar', length: 40 })
  accountId!: string;
  @ForeignKey(() => OauthClient, { name: 'fk_session_client_id', onDelete: 'CASCADE' })
  @Column({ name: 'client_id', type: 'varchar', length: 40 })
  clientId!: string;
  /** The client whose own session this is, for client_credentials: one a client, whatever number of tokens it mints. */
  @Column({ name: 'machine_of', type: 'varchar', length: 40, nullable: true }) machineOf!: string | null;
  @Column({ type: 'simple-json' }) scopes!: Scope[];
  /** The newest generation of refresh tokens of which one was used. */
  @Column({ name: 'used_generation', type: 'integer' }) usedGeneration!: number;
  /** What its owner calls it, where it is a personal access token. */
  @Column({ type: 'varchar', length: 40, nullable: true }) label!: string | null;
  /** Where its code went. */
  @Column({ name: 'redirect_uri', type: 'varchar', length: 2000, nullable: true }) redirectUri!: string | null;
  /** When it was last used, to the hour. */
  @Column({ name: 'used_at', type: 'bigint', transformer: bigint, nullable: true }) usedAt!: number | null;
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
}
