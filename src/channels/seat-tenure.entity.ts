import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * One account in one player seat, from the entry by which it came to the entry by which it left. The log names seats and
 * never accounts; this is how the server knows later who they were.
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
