import { Injectable } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsOptional, IsString, ValidateNested } from 'class-validator';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import { Describe } from '../kernel/schema.js';
import { Database } from '../platform/database/database.js';
import { BotInfo, BotRoster } from './bot-roster.js';
import { ChannelView, channelView } from './channel.view.js';
import { ChannelAccess } from './channel-access.service.js';
import { Channels } from './channels.service.js';
import { NextStep } from './next-step.js';
import { NextSteps } from './next-steps.js';
import { seatTaken } from './own-seats.js';
import type { TakenSeat } from './seats.service.js';

export class SeatTaken {
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Describe('Your seat. Bots and members see you under this id.') @IsString() slot_id!: string;
  @Describe('Keep it secret. It takes this seat back from another session, works once and is then replaced.')
  @IsString()
  rejoin_token!: string;
  @Describe('The channel with its slots.') @ValidateNested() @Type(() => ChannelView) view!: ChannelView;
  @Describe('The bots of the channel. Read their code with get_bot_code.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => BotInfo)
  bots!: BotInfo[];
  @Describe(
    'Pass it as seat in every call to this channel, because another chat of your account may have a seat here too.',
  )
  @IsString()
  pass_seat!: string;
  @Describe('The same in words.') @IsString() seat_hint!: string;
  @Describe('What to do next in this channel.') @IsOptional() @ValidateNested() @Type(() => NextStep) next?: NextStep;
}

/** The data for a caller who has just taken a seat. */
@Injectable()
export class TakenSeats {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly channels: Channels,
    private readonly bots: BotRoster,
    private readonly nextSteps: NextSteps,
  ) {}

  /** The channel as it is in the write that seated the caller. */
  async shown(tx: EntityManager, taken: TakenSeat, caller: Caller): Promise<SeatTaken> {
    const { channelId, slotId, rejoinToken } = taken;
    const { channel, slots } = await this.channels.withSlots(tx, channelId);
    const bots = await this.bots.of(tx, channelId);
    const view = channelView(channel, slots);
    const { seat } = await this.access.seat(tx, channelId, caller, slotId);
    return { channel_id: channelId, slot_id: slotId, rejoin_token: rejoinToken, view, bots, ...seatTaken(seat) };
  }

  /** The next step, computed after the bots have answered the new member. */
  async nextFor({ channel_id, slot_id }: SeatTaken, caller: Caller): Promise<NextStep | undefined> {
    const { read } = this.database;
    return this.nextSteps.of(read, await this.access.standing(read, channel_id, caller, slot_id));
  }
}
