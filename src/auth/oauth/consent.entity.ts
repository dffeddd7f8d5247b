import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Scope } from '../../kernel/caller.js';
import { bigint } from '../../platform/columns.js';
import { Account } from '../accounts/account.entity.js';
import type { ClientFacts } from './client-facts.js';
import { OauthClient } from './oauth-client.entity.js';

/** What somebody has let a client do, so that they are not asked again for the same: the same answer to the same client. */
@Entity('consent')
@Index('ix_consent_client_id', ['clientId'])
export class Consent {
  @ForeignKey(() => Account, { name: 'fk_consent_account_id', onDelete: 'CASCADE' })
  @PrimaryColumn({ name: 'account_id', type: 'varchar', length: 40 })
  accountId!: string;
  @ForeignKey(() => OauthClient, { name: 'fk_consent_client_id', onDelete: 'CASCADE' })
  @PrimaryColumn({ name: 'client_id', type: 'varchar', length: 40 })
  clientId!: string;
  /** Hash of the address, which is too long for a key. */
  @PrimaryColumn({ name: 'redirect_hash', type: 'varchar', length: 64 }) redirectHash!: string;
  /** Where the answer went. */
  @Column({ name: 'redirect_uri', type: 'varchar', length: 2000 }) redirectUri!: string;
  /** What the client said about itself then. */
  @Column({ type: 'simple-json' }) facts!: ClientFacts;
  @Column({ type: 'simple-json' }) scopes!: Scope[];
  @Column({ name: 'given_at', type: 'bigint', transformer: bigint }) givenAt!: number;
}
