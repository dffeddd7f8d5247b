import { applyDecorators } from '@nestjs/common';
import { IsOptional, IsString, Length } from 'class-validator';
import { Describe } from '../kernel/schema.js';
import { IsVisible } from '../kernel/visible-text.js';

/** Input fields of many operations, each with its validation rule. */
export const ChannelId = (description = 'Id of the channel.') =>
  applyDecorators(Describe(description), IsString(), Length(5, 40));

export const BotId = (description = 'Id of the bot, bot_….') =>
  applyDecorators(Describe(description), IsString(), Length(1, 64));

export const SlotId = (description: string) => applyDecorators(Describe(description), IsString(), Length(1, 8));

export const ChannelName = (description: string) =>
  applyDecorators(Describe(description), IsString(), Length(1, 80), IsVisible());

/** The input field that names the seat from which the caller acts or reads. */
export const SeatField = (description = 'Your seat, if you hold several here.') =>
  applyDecorators(IsOptional(), SlotId(description));

/** An output field for callers with several seats only. */
export const SeatToPassField = (description = 'Only if you hold several seats here: pass it as seat.') =>
  applyDecorators(Describe(description), IsOptional(), IsString());
