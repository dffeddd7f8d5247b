import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';

/** The client's `initialize` params and watched resources of a session. */
@Entity('mcp_session')
@Index('ix_mcp_session_kept_at', ['keptAt'])
export class KeptSession {
  @PrimaryColumn({ name: 'id_hash', type: 'varchar', length: 64 }) idHash!: string;
  @Column({ type: 'simple-json' }) introduction!: object;
  @Column({ type: 'simple-json' }) watched!: string[];
  @Column({ name: 'kept_at', type: 'bigint', transformer: bigint }) keptAt!: number;
}
