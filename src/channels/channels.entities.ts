import { Channel } from './channel.entity.js';
import { Invite } from './invite.entity.js';
import { ProtocolSeat } from './protocol-seat.entity.js';
import { SeatTenure } from './seat-tenure.entity.js';
import { Slot } from './slot.entity.js';
import { AccountStorage } from './storage/account-storage.entity.js';
import { ChannelStorage } from './storage/channel-storage.entity.js';

export const CHANNELS_ENTITIES = [Channel, Slot, Invite, ProtocolSeat, SeatTenure, AccountStorage, ChannelStorage];
