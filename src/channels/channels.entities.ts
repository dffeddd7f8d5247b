import { Channel } from './channel.entity.js';
import { Invite } from './invite.entity.js';
import { ProtocolSeat } from './protocol-seat.entity.js';
import { SeatTenure } from './seat-tenure.entity.js';
import { Slot } from './slot.entity.js';

export const CHANNELS_ENTITIES = [Channel, Slot, Invite, ProtocolSeat, SeatTenure];
