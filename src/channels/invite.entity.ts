import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../platform/database/columns.js';

/** The one-time code of a slot; only its hash is stored. */
@Entity('invite')
@Index('ix_invite_slot', ['channelId', 'slotId'])
export class Invite {
  @PrimaryColumn({ name: 'code_hash', type: 'varchar', length: 64 }) codeHash!: string;
  @Column({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @Column({ name: 'slot_id', type: 'varchar', length: 8 }) slotId!: string;
  @Column({ name: 'created_at', type: 'bigint', transformer: bigint }) createdAt!: number;
  /** When it was used or revoked. */
  @Column({ name: 'spent_at', type: 'bigint', nullable: true, transformer: bigint }) spentAt!: number | null;
}
