import { timingSafeEqual } from 'node:crypto';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { hashOfSecret } from '../../kernel/ids.js';
import { bigint } from '../../platform/columns.js';

export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

export const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/** A program that asks for tokens, as it registered itself. Nothing it says about itself is believed. */
@Entity('oauth_client')
@Index('ix_oauth_client_first_used_at_created_at', ['firstUsedAt', 'createdAt'])
export class OauthClient {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  @Column({ type: 'varchar', length: 120 }) name!: string;
  @Column({ name: 'auth_method', type: 'varchar', length: 24 }) authMethod!: AuthMethod;
  @Column({ name: 'secret_hash', type: 'varchar', length: 64, nullable: true }) secretHash!: string | null;
  @Column({ name: 'redirect_uris', type: 'simple-json' }) redirectUris!: string[];
  @Column({ name: 'grant_types', type: 'simple-json' }) grantTypes!: GrantType[];
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
  /** When it first got a token. Clients that never did are forgotten after a day. */
  @Column({ name: 'first_used_at', type: 'bigint', transformer: bigint, nullable: true }) firstUsedAt!: number | null;

  mayUse(grant: GrantType) {
    return this.grantTypes.includes(grant);
  }

  /** A public client has no secret, and sending one is as wrong as sending a wrong one. */
  accepts(secret: string | undefined) {
    if (this.secretHash === null || secret === undefined) return this.secretHash === null && secret === undefined;
    return timingSafeEqual(Buffer.from(hashOfSecret(secret)), Buffer.from(this.secretHash));
  }
}
