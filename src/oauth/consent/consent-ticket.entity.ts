import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';
import { OauthClient } from '../clients/oauth-client.entity.js';
import type { AuthorizationRequest } from './authorization-request.js';

/** An authorization request that waits for the user's decision. Its one-time secret is only in the page. */
@Entity('consent_ticket')
@Index('ix_consent_ticket_client_id', ['clientId'])
@Index('ix_consent_ticket_expires_at', ['expiresAt'])
export class ConsentTicket {
  @PrimaryColumn({ type: 'varchar', length: 64 }) hash!: string;
  @ForeignKey(() => OauthClient, { name: 'fk_consent_ticket_client_id', onDelete: 'CASCADE' })
  @Column({ name: 'client_id', type: 'varchar', length: 40 })
  clientId!: string;
  @Column({ type: 'simple-json' }) request!: AuthorizationRequest;
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;
}
