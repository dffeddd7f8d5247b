import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * An account that held a player seat, from the entry with which it joined to the entry with which it left. The log
 * names seats only, so this is the only record of the account.
 */
@Entity('seat_tenure')
@Index('ix_seat_tenure_channel', ['channelId', 'leftSeq'])
export class SeatTenure {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @Column({ name: 'slot_id', type: 'varchar', length: 8 }) slotId!: string;
  @Column({ name: 'account_id', type: 'varchar', length: 40 }) accountId!: string;
  @Column({ name: 'joined_seq', type: 'integer' }) joinedSeq!: number;
  @Column({ name: 'left_seq', type: 'integer', nullable: true }) leftSeq!: number | null;
}
