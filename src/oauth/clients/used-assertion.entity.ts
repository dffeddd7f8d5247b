import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';

/** An assertion that was used. It is stored until the assertion expires, so that it cannot be used again. */
@Entity('used_assertion')
@Index('ix_used_assertion_expires_at', ['expiresAt'])
export class UsedAssertion {
  /** The hash of the client id and the assertion's `jti`. */
  @PrimaryColumn({ type: 'varchar', length: 64 }) hash!: string;
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;
}
