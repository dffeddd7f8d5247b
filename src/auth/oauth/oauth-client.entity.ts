import { timingSafeEqual } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { hashOfSecret } from '../../kernel/ids.js';
import { bigint } from '../../platform/columns.js';

export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

export const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/**
 * A program that asks for tokens, as it registered itself or as its metadata document says. Nothing it says about itself
 * is believed.
 */
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
  /** Where its metadata document is. Such a client calls itself by this address. */
  @Column({ name: 'document_url', type: 'varchar', length: 1000, nullable: true }) documentUrl!: string | null;
  /** Until when the document need not be looked at again; null where it came from a copy of ours. */
  @Column({ name: 'fresh_until', type: 'bigint', transformer: bigint, nullable: true }) freshUntil!: number | null;
  /** Public keys that its assertions are checked with. */
  @Column({ type: 'simple-json', nullable: true }) jwks!: JSONWebKeySet | null;
  @Column({ name: 'jwks_uri', type: 'varchar', length: 1000, nullable: true }) jwksUri!: string | null;
  /** Of all that it registered, where registering the same again is answered with the same client. */
  @Column({ type: 'varchar', length: 64, nullable: true }) fingerprint!: string | null;
  /** When it last registered, or its document was last read. */
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
  /** When it first got a token. Clients that never did are forgotten after a day. */
  @Column({ name: 'first_used_at', type: 'bigint', transformer: bigint, nullable: true }) firstUsedAt!: number | null;

  /** What it calls itself on the wire. */
  get clientId() {
    return this.documentUrl ?? this.id;
  }

  mayUse(grant: GrantType) {
    return this.grantTypes.includes(grant);
  }

  /** A public client has no secret, and sending one is as wrong as sending a wrong one. */
  accepts(secret: string | undefined) {
    if (this.secretHash === null || secret === undefined) return this.authMethod === 'none' && secret === undefined;
    return timingSafeEqual(Buffer.from(hashOfSecret(secret)), Buffer.from(this.secretHash));
  }
}
