import { Entity, PrimaryColumn } from 'typeorm';

/** A nonce used in a signature from this slot. It cannot be used again, even by a later holder. */
@Entity('signed_nonce')
export class SignedNonce {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'slot_id', type: 'varchar', length: 8 }) slotId!: string;
  @PrimaryColumn({ type: 'varchar', length: 32 }) nonce!: string;
}
