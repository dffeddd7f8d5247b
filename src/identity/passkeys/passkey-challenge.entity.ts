import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';

export type ChallengePurpose = 'add' | 'use';

/** A WebAuthn challenge. It is valid once, in the browser for which it was created. */
@Entity('passkey_challenge')
@Index('ix_passkey_challenge_expires_at', ['expiresAt'])
export class PasskeyChallenge {
  @PrimaryColumn({ type: 'varchar', length: 64 }) hash!: string;
  /** The hash of the secret in the browser's cookie. */
  @Column({ name: 'web_hash', type: 'varchar', length: 64 }) webHash!: string;
  @Column({ type: 'varchar', length: 8 }) purpose!: ChallengePurpose;
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;
}
