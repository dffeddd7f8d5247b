import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Language } from '../../bot-sdk/contract.js';
import { bigint } from '../platform/columns.js';

/** Source that was ever attached, stored once under its hash. */
@Entity('bot_code')
export class BotCode {
  @PrimaryColumn({ name: 'code_hash', type: 'varchar', length: 71 }) codeHash!: string;
  @Column({ type: 'varchar', length: 10 }) language!: Language;
  @Column({ type: 'text' }) source!: string;
  @Column({ name: 'first_account_id', type: 'varchar', length: 40 }) firstAccountId!: string;
  @Column({ name: 'first_at', type: 'bigint', transformer: bigint }) firstAt!: number;
}
