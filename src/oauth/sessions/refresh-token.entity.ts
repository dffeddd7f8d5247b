import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';
import { Session } from './session.entity.js';

/** A refresh token of a session. Used tokens are kept until they expire, to detect reuse. */
@Entity('refresh_token')
@Index('ix_refresh_token_session_id', ['sessionId'])
@Index('ix_refresh_token_expires_at', ['expiresAt'])
export class RefreshToken {
  @PrimaryColumn({ type: 'varchar', length: 64 }) hash!: string;
  @ForeignKey(() => Session, { name: 'fk_refresh_token_session_id', onDelete: 'CASCADE' })
  @Column({ name: 'session_id', type: 'varchar', length: 40 })
  sessionId!: string;
  @Column({ name: 'client_id', type: 'varchar', length: 40 }) clientId!: string;
  /** 1 for the first token of a session; each successor has the next number. */
  @Column({ type: 'integer' }) generation!: number;
  @Column({ type: 'varchar', length: 2000, nullable: true }) resource!: string | null;
  @Column({ name: 'rotated_at', type: 'bigint', transformer: bigint, nullable: true }) rotatedAt!: number | null;
  /**
   * The tokens it was exchanged for, encrypted with the token itself, for a client that repeats its request. Deleted
   * when the successor is used.
   */
  @Column({ type: 'text', nullable: true }) successor!: string | null;
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;
}
