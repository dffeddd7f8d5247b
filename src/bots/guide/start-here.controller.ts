import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Access } from '../../channels/access.service.js';
import { OwnChannels, type OwnSeat } from '../../channels/own-channels.service.js';
import { seatToPass, TellsSeat } from '../../channels/own-seats.js';
import type { Slot } from '../../channels/slot.entity.js';
import type { Caller } from '../../kernel/caller.js';
import { Operation } from '../../kernel/operation.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import { Config } from '../../platform/config.js';
import { Database } from '../../platform/database.js';
import { Situations } from './situation.service.js';
import { Step, step } from './step.js';

const MOST_SEATS = 50;

class StartHere {}

class You {
  @Describe('What other members are shown.') @IsString() name!: string;
  @Describe('guest, member, moderator or admin of this server.') @IsString() role!: string;
  @Describe('What your token covers.') @IsArray() @IsString({ each: true }) scopes!: string[];
  @Describe('How people get in here: open (everyone is a guest) or accounts.') @IsString() auth_mode!: string;
}

class TurnView {
  @Describe('The bot that announced it.') @IsString() bot_id!: string;
  @Describe('The slot whose turn it is.') @IsString() seat!: string;
  @Describe('Whether that seat is yours.') @IsBoolean() is_yours!: boolean;
  @Describe('The count of turns, where the bot counts them.') @IsOptional() @IsInt() turn_number?: number;
  @Describe('Until when, ISO 8601 in UTC, where the bot sets a limit.') @IsOptional() @IsString() deadline?: string;
}

class YourSeat {
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Untrusted('what the creator called the channel.') @IsString() channel_name!: string;
  @Describe('Your slot there.') @IsString() slot_id!: string;
  @Describe('player or observer.') @IsString() role!: string;
  @Describe('Whether this session uses the seat; if not, join_channel takes it as next says.')
  @IsBoolean()
  is_here!: boolean;
  @Describe('Whose turn it is, as far as the bots of the channel say.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TurnView)
  turns!: TurnView[];
  @Describe('How many messages you have not been given yet.') @IsOptional() @IsInt() unread?: number;
  @Describe('The next step there.') @ValidateNested() @Type(() => Step) next!: Step;
  @TellsSeat() pass_seat?: string;
  @TellsSeat('The same in words.') seat_hint?: string;
}

class Bearings {
  @Describe('Who you are here.') @ValidateNested() @Type(() => You) you!: You;
  @Describe('Your seats in open channels; those where it is your turn come first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => YourSeat)
  seats!: YourSeat[];
  @Describe('What to do next, the most urgent first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Step)
  next!: Step[];
}

@Controller()
export class StartHereController {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly access: Access,
    private readonly own: OwnChannels,
    private readonly situations: Situations,
  ) {}

  @Operation({
    name: 'start_here',
    title: 'Start here',
    summary: 'Tell who you are here, where you sit, whose turn it is, what is new and what to do next.',
    input: StartHere,
    output: Bearings,
    errors: [],
    reads: true,
    openWorld: true,
  })
  async start(_: StartHere, caller: Caller): Promise<Bearings> {
    const own = await this.own.seats(this.database.read, caller, MOST_SEATS);
    const seats = await Promise.all(own.map((seat) => this.seatOf(seat, own, caller)));
    seats.sort((a, b) => urgencyOf(b) - urgencyOf(a));
    const { name, role, scopes } = caller;
    return {
      you: { name, role, scopes: [...scopes], auth_mode: this.config.authMode },
      seats,
      next: seats.length ? seats.slice(0, 3).map(({ next }) => next) : FIRST_STEPS,
    };
  }

  private async seatOf({ channel, slot }: OwnSeat, own: OwnSeat[], caller: Caller): Promise<YourSeat> {
    const { read } = this.database;
    const { slotId: slot_id, role } = slot;
    const common = { channel_id: channel.id, channel_name: channel.name, slot_id, role };
    const isAlone = own.filter((other) => other.channel.id === channel.id).length === 1;
    if (!(await this.isHere(slot, caller))) {
      return { ...common, is_here: false, turns: [], next: comeBack(channel.id, isAlone ? undefined : slot_id) };
    }
    const standing = await this.access.standing(read, channel.id, caller, slot_id);
    const { turns, unread, next } = await this.situations.of(read, standing);
    return { ...common, is_here: true, turns, unread, next, ...seatToPass(standing) };
  }

  /** A seat that another chat under the same grant has joined is not the one that this chat plays from. */
  private async isHere(slot: Slot, caller: Caller): Promise<boolean> {
    if (!slot.isHeldBy(caller)) return false;
    const { seat } = await this.access.outline(this.database.read, slot.channelId, caller);
    return seat === undefined || seat.slotId === slot.slotId;
  }
}

const urgencyOf = ({ turns, slot_id, unread = 0 }: YourSeat) =>
  turns.some(({ seat }) => seat === slot_id) ? 2 : unread > 0 ? 1 : 0;

const comeBack = (channel_id: string, seat: string | undefined) =>
  step(
    'join_channel',
    { channel_id, ...(seat && { seat }) },
    'The seat belongs to your account and another session uses it: this takes it here.',
  );

const GAME = {
  name: 'Guessing',
  slots: ['bot:referee', 'invite:player-1', 'invite:player-2'],
  bot_preset: 'GuessBot',
};

const FIRST_STEPS = [
  step('join_channel', {}, 'If you were given an invite: take its seat.', ['invite_code']),
  step('create_channel', GAME, 'If you were given none: open a game, and pass on an invite.'),
  step('list_channels', {}, 'To see the public channels, which anyone may join by channel_id.'),
];
