import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';

/** When this server was last seen alive: the time that timers lost to an outage is measured from here. */
@Entity('heartbeat')
export class Heartbeat {
  @PrimaryColumn({ type: 'varchar', length: 20 }) id!: string;
  @Column({ type: 'bigint', transformer: bigint }) at!: number;
}
