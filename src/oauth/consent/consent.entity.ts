import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Scope } from '../../kernel/caller.js';
import { bigint } from '../../platform/database/columns.js';
import type { ClientFacts } from '../clients/client-facts.js';
import { OauthClient } from '../clients/oauth-client.entity.js';

/** A consent of an account for a client and redirect URI, so that the user need not approve the same request again. */
@Entity('consent')
@Index('ix_consent_client_id', ['clientId'])
export class Consent {
  @ForeignKey('Account', { name: 'fk_consent_account_id', onDelete: 'CASCADE' })
  @PrimaryColumn({ name: 'account_id', type: 'varchar', length: 40 })
  accountId!: string;
  @ForeignKey(() => OauthClient, { name: 'fk_consent_client_id', onDelete: 'CASCADE' })
  @PrimaryColumn({ name: 'client_id', type: 'varchar', length: 40 })
  clientId!: string;
  /** The hash of the redirect URI, which is too long for a key. */
  @PrimaryColumn({ name: 'redirect_hash', type: 'varchar', length: 64 }) redirectHash!: string;
  /** The redirect URI to which the code was sent. */
  @Column({ name: 'redirect_uri', type: 'varchar', length: 2000 }) redirectUri!: string;
  /** The client's facts at the time of the consent. */
  @Column({ type: 'simple-json' }) facts!: ClientFacts;
  @Column({ type: 'simple-json' }) scopes!: Scope[];
  @Column({ name: 'given_at', type: 'bigint', transformer: bigint }) givenAt!: number;
}
