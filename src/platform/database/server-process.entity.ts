import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigint } from './columns.js';

/** A process that uses the database. It renews its row as long as it lives. */
@Entity('server_process')
export class ServerProcess {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  @Column({ name: 'alive_until', type: 'bigint', transformer: bigint }) aliveUntil!: number;
}
