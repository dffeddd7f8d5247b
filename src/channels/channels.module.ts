import { Module } from '@nestjs/common';
import { ChannelAccess } from './channel-access.service.js';
import { ChannelFigures } from './channel-figures.js';
import { ChannelOps } from './channel-ops.js';
import { ChannelsController } from './channels.controller.js';
import { Channels } from './channels.service.js';
import { Departures } from './departures.service.js';
import { Invites } from './invites.service.js';
import { OwnChannels } from './own-channels.service.js';
import { ProtocolSeats } from './protocol-seats.service.js';
import { RetiredChannels } from './retired-channels.service.js';
import { SeatHolders } from './seat-holders.service.js';
import { SeatsController } from './seats.controller.js';
import { Seats } from './seats.service.js';
import { Storage } from './storage/storage.service.js';
import { TakenSeats } from './taken-seats.service.js';
import { Tenures } from './tenures.service.js';
import { UpdateChannelController } from './update-channel.controller.js';

const SERVICES = [
  ChannelAccess,
  ChannelOps,
  Channels,
  Invites,
  OwnChannels,
  ProtocolSeats,
  RetiredChannels,
  Seats,
  Storage,
  Tenures,
];

@Module({
  controllers: [ChannelsController, SeatsController, UpdateChannelController],
  providers: [...SERVICES, ChannelFigures, Departures, SeatHolders, TakenSeats],
  exports: SERVICES,
})
export class ChannelsModule {}
