import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/columns.js';

/** A signed assertion that a client has shown. It is kept until it would be too old anyway, so that nobody shows it again. */
@Entity('used_assertion')
@Index('ix_used_assertion_expires_at', ['expiresAt'])
export class UsedAssertion {
  /** Of the client and the assertion's own id. */
  @PrimaryColumn({ type: 'varchar', length: 64 }) hash!: string;
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;
}
