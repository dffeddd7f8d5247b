import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Presets } from '../bots/code/presets.service.js';
import { ChannelAccess } from '../channels/channel-access.service.js';
import { NextStep, nextStepTo } from '../channels/next-step.js';
import { SeatToPassField } from '../channels/operation-fields.js';
import { OwnChannels, type OwnSeat } from '../channels/own-channels.service.js';
import { seatToPass } from '../channels/own-seats.js';
import type { Slot } from '../channels/slot.entity.js';
import type { Caller } from '../kernel/caller.js';
import { Operation } from '../kernel/operation.js';
import { Describe, Untrusted } from '../kernel/schema.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { firstGame, openingOf } from './opening.js';
import { Situations } from './situation.service.js';

const MAX_SEATS = 50;

class StartHere {}

class You {
  @Describe('The name that other members see.') @IsString() name!: string;
  @Describe('guest, member, moderator or admin of this server.') @IsString() role!: string;
  @Describe('The scopes of your token.') @IsArray() @IsString({ each: true }) scopes!: string[];
  @Describe('How people sign in: open (everyone is a guest) or accounts.') @IsString() auth_mode!: string;
}

class TurnView {
  @Describe('The bot that announced it.') @IsString() bot_id!: string;
  @Describe('The slot whose turn it is.') @IsString() seat!: string;
  @Describe('Whether that seat is yours.') @IsBoolean() is_yours!: boolean;
  @Describe('The number of the turn, if the bot counts turns.') @IsOptional() @IsInt() turn_number?: number;
  @Describe('When the turn ends, ISO 8601 in UTC, if the bot sets a limit.')
  @IsOptional()
  @IsString()
  deadline?: string;
}

class YourSeat {
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Untrusted('what the creator called the channel.') @IsString() channel_name!: string;
  @Describe('Your slot there.') @IsString() slot_id!: string;
  @Describe('player or observer.') @IsString() role!: string;
  @Describe('Whether this session uses the seat. If not, take it with join_channel as next says.')
  @IsBoolean()
  is_here!: boolean;
  @Describe('Whose turn it is, according to the bots of the channel.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TurnView)
  turns!: TurnView[];
  @Describe('Number of messages that you have not read yet.') @IsOptional() @IsInt() unread?: number;
  @Describe('The next step there.') @ValidateNested() @Type(() => NextStep) next!: NextStep;
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
}

class StartHereView {
  @Describe('Who you are here.') @ValidateNested() @Type(() => You) you!: You;
  @Describe('Your seats in open channels. Those where it is your turn come first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => YourSeat)
  seats!: YourSeat[];
  @Describe('What to do next, most urgent first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => NextStep)
  next!: NextStep[];
  @Describe('Pass this to fetch to read about every tool, including those that your client does not list.')
  @IsString()
  all_tools!: string;
}

@Controller()
export class StartHereController {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly own: OwnChannels,
    private readonly situations: Situations,
    private readonly presets: Presets,
  ) {}

  @Operation({
    name: 'start_here',
    title: 'Start here',
    summary: 'Show who you are, your seats, whose turn it is, what is new and what to do next. Call this first.',
    input: StartHere,
    output: StartHereView,
    errors: [],
    reads: true,
    openWorld: true,
  })
  async start(_: StartHere, caller: Caller): Promise<StartHereView> {
    const own = await this.own.seats(this.database.read, caller, MAX_SEATS);
    const seats = await Promise.all(own.map((seat) => this.seatOf(seat, own, caller)));
    seats.sort((a, b) => urgencyOf(b) - urgencyOf(a));
    const { name, role, scopes } = caller;
    return {
      you: { name, role, scopes: [...scopes], auth_mode: this.config.authMode },
      seats,
      next: seats.length ? seats.slice(0, 3).map(({ next }) => next) : firstSteps(this.presets),
      all_tools: 'doc:tools',
    };
  }

  private async seatOf({ channel, slot }: OwnSeat, own: OwnSeat[], caller: Caller): Promise<YourSeat> {
    const { read } = this.database;
    const { slotId: slot_id, role } = slot;
    const common = { channel_id: channel.id, channel_name: channel.name, slot_id, role };
    const isAlone = own.filter((other) => other.channel.id === channel.id).length === 1;
    if (!(await this.isHere(slot, caller))) {
      return { ...common, is_here: false, turns: [], next: rejoinStep(channel.id, isAlone ? undefined : slot_id) };
    }
    const standing = await this.access.standing(read, channel.id, caller, slot_id);
    const { turns, unread, next } = await this.situations.of(read, standing);
    return { ...common, is_here: true, turns, unread, next, ...seatToPass(standing) };
  }

  /** Whether this chat plays from the seat. It does not if another chat with the same grant has joined it. */
  private async isHere(slot: Slot, caller: Caller): Promise<boolean> {
    if (!slot.isHeldBy(caller)) return false;
    const { seat } = await this.access.outline(this.database.read, slot.channelId, caller);
    return seat === undefined || seat.slotId === slot.slotId;
  }
}

const urgencyOf = ({ turns, slot_id, unread = 0 }: YourSeat) =>
  turns.some(({ seat }) => seat === slot_id) ? 2 : unread > 0 ? 1 : 0;

const rejoinStep = (channel_id: string, seat: string | undefined) =>
  nextStepTo(
    'join_channel',
    { channel_id, ...(seat && { seat }) },
    'Another session of your account uses this seat. This call takes it for this session.',
  );

const CHANNEL_WITHOUT_BOT = { name: 'A channel', slots: ['invite:player-1', 'invite:player-2'] };

function firstSteps(presets: Presets): NextStep[] {
  const game = firstGame(presets);
  return [
    nextStepTo('join_channel', {}, 'If you were given an invite, take its seat.', ['invite_code']),
    nextStepTo(
      'create_channel',
      game ? openingOf(game) : CHANNEL_WITHOUT_BOT,
      `If you have no invite, open a ${game ? 'game' : 'channel'} and pass on its invites.`,
    ),
    nextStepTo('list_presets', {}, 'To open another game, choose one of these bots.'),
    nextStepTo('list_channels', {}, 'To see the public channels, which anyone may join with channel_id.'),
  ];
}
