import { Entity, PrimaryColumn } from 'typeorm';

/** A nonce that somebody in this slot has signed with. It is never taken again, whoever sits there later. */
@Entity('signed_nonce')
export class SignedNonce {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'slot_id', type: 'varchar', length: 8 }) slotId!: string;
  @PrimaryColumn({ type: 'varchar', length: 32 }) nonce!: string;
}
