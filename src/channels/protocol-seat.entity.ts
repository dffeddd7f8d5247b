import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigint } from '../platform/database/columns.js';

/** The seat that an MCP session has joined. It only selects one of the account's own seats; it grants no rights. */
@Entity('protocol_seat')
@Index('ix_protocol_seat_joined_at', ['joinedAt'])
export class ProtocolSeat {
  @PrimaryColumn({ name: 'session_hash', type: 'varchar', length: 64 }) sessionHash!: string;
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'slot_id', type: 'varchar', length: 8 }) slotId!: string;
  /** The `sinceSeq` of the seat: if it differs, another member holds the slot now. */
  @Column({ name: 'since_seq', type: 'integer' }) sinceSeq!: number;
  @Column({ name: 'joined_at', type: 'bigint', transformer: bigint }) joinedAt!: number;
}
