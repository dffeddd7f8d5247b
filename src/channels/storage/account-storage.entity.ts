import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/database/columns.js';

/** The bytes stored for an account: a counter, never computed as a sum. */
@Entity('account_storage')
export class AccountStorage {
  @PrimaryColumn({ name: 'account_id', type: 'varchar', length: 40 }) accountId!: string;
  @Column({ type: 'bigint', transformer: bigint }) bytes!: number;
}
