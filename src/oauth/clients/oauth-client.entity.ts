import { timingSafeEqual } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { hashOfSecret } from '../../kernel/ids.js';
import { bigint } from '../../platform/database/columns.js';

export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

export const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/** An OAuth client by its registration or metadata document. Its description of itself is not verified. */
@Entity('oauth_client')
@Index('ix_oauth_client_first_used_at_created_at', ['firstUsedAt', 'createdAt'])
@Index('ux_oauth_client_fingerprint', ['fingerprint'], { unique: true })
export class OauthClient {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  @Column({ type: 'varchar', length: 120 }) name!: string;
  @Column({ name: 'auth_method', type: 'varchar', length: 24 }) authMethod!: AuthMethod;
  @Column({ name: 'secret_hash', type: 'varchar', length: 64, nullable: true }) secretHash!: string | null;
  @Column({ name: 'redirect_uris', type: 'simple-json' }) redirectUris!: string[];
  @Column({ name: 'grant_types', type: 'simple-json' }) grantTypes!: GrantType[];
  /** The URL of the metadata document, which is then the client_id. */
  @Column({ name: 'document_url', type: 'varchar', length: 1000, nullable: true }) documentUrl!: string | null;
  /** Until when the document is fresh; null if it came from a copy of ours. */
  @Column({ name: 'fresh_until', type: 'bigint', transformer: bigint, nullable: true }) freshUntil!: number | null;
  /** Public keys to verify its assertions. */
  @Column({ type: 'simple-json', nullable: true }) jwks!: JSONWebKeySet | null;
  @Column({ name: 'jwks_uri', type: 'varchar', length: 1000, nullable: true }) jwksUri!: string | null;
  /** The hash of the whole registration, if an identical registration gets the same client. */
  @Column({ type: 'varchar', length: 64, nullable: true }) fingerprint!: string | null;
  /** When it was last registered, or its document last read. */
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
  /** When it first got a token. Clients without a token are deleted after a day. */
  @Column({ name: 'first_used_at', type: 'bigint', transformer: bigint, nullable: true }) firstUsedAt!: number | null;

  /** The client_id on the wire. */
  get clientId() {
    return this.documentUrl ?? this.id;
  }

  mayUse(grant: GrantType) {
    return this.grantTypes.includes(grant);
  }

  /** Whether the secret is correct. A public client has none, so sending one is an error. */
  accepts(secret: string | undefined) {
    if (this.secretHash === null || secret === undefined) return this.authMethod === 'none' && secret === undefined;
    return timingSafeEqual(Buffer.from(hashOfSecret(secret)), Buffer.from(this.secretHash));
  }
}
