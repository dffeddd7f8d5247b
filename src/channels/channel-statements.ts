import { RowStatement, Statement } from '../platform/database/statements.js';
import { Channel } from './channel.entity.js';
import { ProtocolSeat } from './protocol-seat.entity.js';
import { Slot } from './slot.entity.js';

/** What every call to a channel reads. */
export const CHANNEL = new RowStatement<Channel, { id: string }>(Channel, 'channel', 'WHERE id = :id');

export const SLOTS = new RowStatement<Slot, { channelId: string }>(
  Slot,
  'slot',
  'WHERE channel_id = :channelId ORDER BY position',
);

export const PROTOCOL_SEATS = new RowStatement<ProtocolSeat, { sessionHash: string; channelId: string }>(
  ProtocolSeat,
  'protocol_seat',
  'WHERE session_hash = :sessionHash AND channel_id = :channelId',
);

interface Claimed {
  readonly last_seq: number;
  readonly last_ts: number | string;
  readonly mode: Channel['mode'];
  readonly creator_id: string;
}

/** Takes the next `seq`. It is claimed by the statement that reads it, so no two entries can have the same one. */
export const CLAIM_SEQ = new Statement<{ id: string; now: number; visible: number }, Claimed>(
  `UPDATE channel SET last_seq = last_seq + 1, last_ts = CASE WHEN last_ts > :now THEN last_ts ELSE :now END,
    visible_count = visible_count + :visible
  WHERE id = :id RETURNING last_seq, last_ts, mode, creator_id`,
);
