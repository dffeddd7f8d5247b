import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Scope } from '../../kernel/caller.js';
import { bigint } from '../../platform/database/columns.js';
import { OauthClient } from '../clients/oauth-client.entity.js';

/** One OAuth grant with all its tokens. Seats belong to sessions, so the row is kept longer than its tokens. */
@Entity('session')
@Index('ix_session_account_id', ['accountId'])
@Index('ix_session_client_id', ['clientId'])
@Unique('uq_session_machine_of', ['machineOf'])
export class Session {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  @ForeignKey('Account', { name: 'fk_session_account_id', onDelete: 'CASCADE' })
  @Column({ name: 'account_id', type: 'varchar', length: 40 })
  accountId!: string;
  @ForeignKey(() => OauthClient, { name: 'fk_session_client_id', onDelete: 'CASCADE' })
  @Column({ name: 'client_id', type: 'varchar', length: 40 })
  clientId!: string;
  /** The client whose own session this is (client_credentials); a client has one, however many tokens it gets. */
  @Column({ name: 'machine_of', type: 'varchar', length: 40, nullable: true }) machineOf!: string | null;
  @Column({ type: 'simple-json' }) scopes!: Scope[];
  /** The latest generation of refresh tokens of which one was used. */
  @Column({ name: 'used_generation', type: 'integer' }) usedGeneration!: number;
  /** The owner's name for a personal access token. */
  @Column({ type: 'varchar', length: 40, nullable: true }) label!: string | null;
  /** The redirect URI to which the code was sent. */
  @Column({ name: 'redirect_uri', type: 'varchar', length: 2000, nullable: true }) redirectUri!: string | null;
  /** When it was last used, to the hour. */
  @Column({ name: 'used_at', type: 'bigint', transformer: bigint, nullable: true }) usedAt!: number | null;
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
}
