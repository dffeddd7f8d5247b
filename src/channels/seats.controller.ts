import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsOptional, IsString, Length, Matches, MaxLength, ValidateNested } from 'class-validator';
import type { Caller } from '../kernel/caller.js';
import { isSoundKey } from '../kernel/ed25519.js';
import { DomainError } from '../kernel/errors.js';
import { Operation } from '../kernel/operation.js';
import { Describe } from '../kernel/schema.js';
import { Database } from '../platform/database.js';
import { Access } from './access.service.js';
import { BotInfo, BotRoster } from './bot-roster.js';
import { ChannelView, channelView } from './channel.view.js';
import { Channels } from './channels.service.js';
import { NamesSeat, seatTaken, seatToPass, TellsSeat } from './own-seats.js';
import { type Belongings, Seats } from './seats.service.js';

class JoinChannel {
  @Describe(
    'The code you were given: an invite (inv_…) works once, a rejoin token (rejoin_…) takes your own seat back.',
  )
  @IsOptional()
  @IsString()
  @Length(8, 64)
  invite_code?: string;

  @Describe('Instead of a code: a channel in which your account has a seat, or a public one with a free seat.')
  @IsOptional()
  @IsString()
  @Length(5, 40)
  channel_id?: string;

  @NamesSeat(
    'With channel_id: which of your seats to take back, if you hold several; or which free seat of a public one.',
  )
  seat?: string;

  @Describe(
    'Your share of the randomness, if you want one: any text. Everyone sees it. It counts when the seat is first taken. An observer has none.',
  )
  @IsOptional()
  @IsString()
  @MaxLength(128)
  entropy?: string;

  @Describe(
    'An Ed25519 key of yours, 64 hex digits, to sign what you say with. It counts when the seat is first taken and stays.',
  )
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/)
  public_key?: string;

  @Describe('With public_key: nothing unsigned is said from your seat, whoever takes it over.')
  @IsOptional()
  @IsBoolean()
  require_sig?: boolean;
}

class SeatTaken {
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Describe('Your seat; bots and members know you by it.') @IsString() slot_id!: string;
  @Describe('Keep it secret: it takes this seat back from a new session. It works once and is then replaced.')
  @IsString()
  rejoin_token!: string;
  @Describe('The channel with its slots.') @ValidateNested() @Type(() => ChannelView) view!: ChannelView;
  @Describe('The bots of the channel. Read their code with get_bot_code.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => BotInfo)
  bots!: BotInfo[];
  @Describe('Pass it as seat in every call to this channel: another chat of your account may sit here too.')
  @IsString()
  pass_seat!: string;
  @Describe('The same in words.') @IsString() seat_hint!: string;
}

class LeaveChannel {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @NamesSeat('The seat to leave, if you hold several here.') seat?: string;
}

class SeatLeft {
  @Describe('Always true.') @IsBoolean() ok!: boolean;
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Describe('The slot that is free now.') @IsString() slot_id!: string;
  @TellsSeat('Only if you still hold several seats here: which to pass as seat.') seat_hint?: string;
}

@Controller()
export class SeatsController {
  constructor(
    private readonly database: Database,
    private readonly access: Access,
    private readonly seats: Seats,
    private readonly channels: Channels,
    private readonly bots: BotRoster,
  ) {}

  @Operation({
    name: 'join_channel',
    title: 'Join a channel',
    summary: 'Take the seat an invite was made for, or take your own seat back.',
    input: JoinChannel,
    output: SeatTaken,
    errors: [
      'INVITE_INVALID',
      'REJOIN_TOKEN_INVALID',
      'SLOT_ALREADY_FILLED',
      'DISTINCT_MEMBERS_REQUIRED',
      'SLOT_NOT_FOUND',
      'SEAT_AMBIGUOUS',
      'OBSERVER',
      'TEXT_NOT_ALLOWED',
      'CHANNEL_CLOSED',
      'CHANNEL_FULL',
      'ROUND_IN_PLAY',
      'NOT_MEMBER',
      'STORAGE_QUOTA_REACHED',
    ],
    openWorld: true,
  })
  async join(input: JoinChannel, caller: Caller, signal: AbortSignal): Promise<SeatTaken> {
    const taken = await this.database.write(async (tx) => {
      const { channelId, slotId, rejoinToken } = await this.seatFor(input, caller)(tx);
      const { channel, slots } = await this.channels.withSlots(tx, channelId);
      const bots = await this.bots.of(tx, channelId);
      const view = channelView(channel, slots);
      const { seat } = await this.access.seat(tx, channelId, caller, slotId);
      return { channel_id: channelId, slot_id: slotId, rejoin_token: rejoinToken, view, bots, ...seatTaken(seat) };
    });
    await this.bots.settled(taken.channel_id, signal);
    return taken;
  }

  @Operation({
    name: 'leave_channel',
    title: 'Leave a channel',
    summary: 'Give up your seat in a channel.',
    input: LeaveChannel,
    output: SeatLeft,
    errors: ['NOT_MEMBER', 'SEAT_AMBIGUOUS', 'CHANNEL_CLOSED'],
    destroys: true,
  })
  leave({ channel_id, seat: named }: LeaveChannel, caller: Caller): Promise<SeatLeft> {
    return this.database.write(async (tx) => {
      const { channel, seat, ownSeats } = await this.access.seat(tx, channel_id, caller, named);
      channel.mustBeOpen();
      const { slotId } = seat;
      await this.seats.vacate(tx, seat, 'left');
      const hint = seatToPass({ ownSeats: ownSeats.filter((own) => own.slotId !== slotId) });
      return { ok: true, channel_id, slot_id: slotId, ...hint };
    });
  }

  private seatFor({ invite_code: code, channel_id: id, seat: named, ...brought }: JoinChannel, caller: Caller) {
    const belongings = belongingsOf(brought);
    return (tx: Parameters<Seats['rejoin']>[0]) => {
      if (code && id) throw new DomainError('INVALID_REQUEST', 'give invite_code or channel_id, not both');
      if (named && !id) throw new DomainError('INVALID_REQUEST', 'seat goes with channel_id; a code is for one seat');
      if (code?.startsWith('rejoin_')) return this.seats.rejoin(tx, code, caller, belongings);
      if (code) return this.seats.joinByInvite(tx, code, caller, belongings);
      if (id) return this.seats.joinById(tx, id, named, caller, belongings);
      throw new DomainError('INVALID_REQUEST', 'invite_code or channel_id is needed');
    };
  }
}

function belongingsOf({ entropy, public_key: publicKey, require_sig: requireSig }: JoinChannel): Belongings {
  if (publicKey !== undefined && !isSoundKey(publicKey)) {
    throw new DomainError('INVALID_REQUEST', 'public_key is no Ed25519 key, or one that anybody can sign for');
  }
  if (requireSig && publicKey === undefined) throw new DomainError('INVALID_REQUEST', 'require_sig needs public_key');
  return { entropy, publicKey, requireSig };
}
