import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../platform/columns.js';

/** Which seat a session of the protocol has joined. It says which of an account's own seats is meant, and lets nobody in. */
@Entity('protocol_seat')
@Index('ix_protocol_seat_joined_at', ['joinedAt'])
export class ProtocolSeat {
  @PrimaryColumn({ name: 'session_hash', type: 'varchar', length: 64 }) sessionHash!: string;
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'slot_id', type: 'varchar', length: 8 }) slotId!: string;
  /** That of the seat: whoever sits there after its holder has left is somebody else. */
  @Column({ name: 'since_seq', type: 'integer' }) sinceSeq!: number;
  @Column({ name: 'joined_at', type: 'bigint', transformer: bigint }) joinedAt!: number;
}
