import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigint } from '../../platform/columns.js';

/** How many bytes are stored on the account of whom: a figure that is kept up, never a sum that is looked for. */
@Entity('account_storage')
export class AccountStorage {
  @PrimaryColumn({ name: 'account_id', type: 'varchar', length: 40 }) accountId!: string;
  @Column({ type: 'bigint', transformer: bigint }) bytes!: number;
}
