import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/columns.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { OauthClient } from './oauth-client.entity.js';

/** A request for authorization that waits for a person's click. Its one-time secret is in the page and nowhere else. */
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
