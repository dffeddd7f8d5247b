import { Controller } from '@nestjs/common';
import { IsBoolean, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import type { Caller } from '../kernel/caller.js';
import { isSafePublicKey } from '../kernel/ed25519.js';
import { DomainError } from '../kernel/errors.js';
import { Operation } from '../kernel/operation.js';
import { Describe } from '../kernel/schema.js';
import { Database } from '../platform/database/database.js';
import { BotReplies } from './bot-replies.js';
import { ChannelAccess } from './channel-access.service.js';
import { ChannelId, SeatField, SeatToPassField } from './operation-fields.js';
import { seatToPass } from './own-seats.js';
import { SeatHolders } from './seat-holders.service.js';
import { type JoinDetails, Seats } from './seats.service.js';
import { SeatTaken, TakenSeats } from './taken-seats.service.js';

class JoinChannel {
  @Describe(
    'The code you were given: an invite (inv_…), which works once, or your rejoin token (rejoin_…), which takes your seat back.',
  )
  @IsOptional()
  @IsString()
  @Length(8, 64)
  invite_code?: string;

  @IsOptional()
  @ChannelId('Instead of a code: a channel in which your account has a seat, or a public channel with a free seat.')
  channel_id?: string;

  @SeatField(
    'With channel_id: which of your seats to take back, if you hold several; or which free seat of a public channel to take.',
  )
  seat?: string;

  @Describe(
    'Your share of the randomness, if you want one: any text, which everyone sees. Used only when the seat is first taken. Not for observers.',
  )
  @IsOptional()
  @IsString()
  @MaxLength(128)
  entropy?: string;

  @Describe('Your Ed25519 public key, 64 hex digits, if you want to sign messages. Fixed when the seat is first taken.')
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/)
  public_key?: string;

  @Describe('With public_key: your seat accepts signed messages only, even after a rejoin.')
  @IsOptional()
  @IsBoolean()
  require_sig?: boolean;
}

class LeaveChannel {
  @ChannelId() channel_id!: string;
  @SeatField('The seat to leave, if you hold several here.') seat?: string;
}

class SeatLeft {
  @Describe('Always true.') @IsBoolean() ok!: boolean;
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Describe('The slot that is now free.') @IsString() slot_id!: string;
  @SeatToPassField('Only if you still hold several seats here: which one to pass as seat.') seat_hint?: string;
}

@Controller()
export class SeatsController {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly seats: Seats,
    private readonly holders: SeatHolders,
    private readonly takenSeats: TakenSeats,
    private readonly replies: BotReplies,
  ) {}

  @Operation({
    name: 'join_channel',
    title: 'Join a channel',
    summary:
      'Take the seat of an invite, or take your own seat back. Then call sync_messages with cursor 0 to read the rules that the bots posted.',
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
      return this.takenSeats.shown(tx, await this.seatFor(input, caller)(tx), caller);
    }, input.channel_id);
    await this.replies.waitForAll(taken.channel_id, signal);
    return { ...taken, next: await this.takenSeats.nextFor(taken, caller) };
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
      channel.assertOpen();
      const { slotId } = seat;
      await this.holders.vacate(tx, seat, 'left');
      const hint = seatToPass({ ownSeats: ownSeats.filter((own) => own.slotId !== slotId) });
      return { ok: true, channel_id, slot_id: slotId, ...hint };
    }, channel_id);
  }

  private seatFor({ invite_code: code, channel_id: id, seat: named, ...brought }: JoinChannel, caller: Caller) {
    const details = belongingsOf(brought);
    return (tx: Parameters<Seats['rejoin']>[0]) => {
      if (code && id) throw new DomainError('INVALID_REQUEST', 'give invite_code or channel_id, not both');
      if (named && !id)
        throw new DomainError(
          'INVALID_REQUEST',
          'seat can only be used with channel_id, because a code already belongs to one seat',
        );
      if (code?.startsWith('rejoin_')) return this.seats.rejoin(tx, code, caller, details);
      if (code) return this.seats.joinByInvite(tx, code, caller, details);
      if (id) return this.seats.joinById(tx, id, named, caller, details);
      throw new DomainError('INVALID_REQUEST', 'give invite_code or channel_id');
    };
  }
}

function belongingsOf({ entropy, public_key: publicKey, require_sig: requireSig }: JoinChannel): JoinDetails {
  if (publicKey !== undefined && !isSafePublicKey(publicKey)) {
    throw new DomainError(
      'INVALID_REQUEST',
      'public_key is not a valid Ed25519 key, or is a weak one for which anybody can make signatures',
    );
  }
  if (requireSig && publicKey === undefined) throw new DomainError('INVALID_REQUEST', 'require_sig needs public_key');
  return { entropy, publicKey, requireSig };
}
