import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { BotReplies } from '../../channels/bot-replies.js';
import { ChannelAccess } from '../../channels/channel-access.service.js';
import { ChannelOp } from '../../channels/channel-ops.js';
import { ChannelId, SeatField, SeatToPassField } from '../../channels/operation-fields.js';
import { seatToPass } from '../../channels/own-seats.js';
import { NewInvite } from '../../channels/update-channel.controller.js';
import type { Caller } from '../../kernel/caller.js';
import { isoTime } from '../../kernel/clock.js';
import { Operation } from '../../kernel/operation.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import { Database } from '../../platform/database/database.js';
import { CAPS } from '../../platform/limits/caps.js';
import { Agreements } from './agreements.service.js';
import type { ChangeStanding } from './change-standing.js';
import { Proposals } from './proposals.service.js';

const DEFAULT_EXPIRY_S = 600;

class ProposeChange {
  @ChannelId() channel_id!: string;
  @Describe('The changes, as in update_channel; void_round ends the rounds in play for everyone.')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CAPS.channel_ops.most)
  @ValidateNested({ each: true })
  @Type(() => ChannelOp)
  ops!: ChannelOp[];
  @Describe('How many seconds the parties have to agree.')
  @IsOptional()
  @IsInt()
  @Min(10)
  @Max(86_400)
  expires_s: number = DEFAULT_EXPIRY_S;
  @SeatField() seat?: string;
}

class AgreeChange {
  @ChannelId() channel_id!: string;
  @Describe('Id of the change, chg_…, as change:proposed has it.') @IsString() @Length(5, 40) change_id!: string;
  @SeatField() seat?: string;
}

class AskedParty {
  @Describe('The seat.') @IsString() seat!: string;
  @Describe('Whether it has agreed. No answer counts as no.') @IsBoolean() agreed!: boolean;
}

class ChangeView {
  @Describe('Id of the change, chg_….') @IsString() change_id!: string;
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Describe('open, done, failed (all agreed, but the change could not be made) or expired.')
  @IsString()
  status!: string;
  @Untrusted('the ops, as shown to everyone.') @IsArray() @IsObject({ each: true }) ops!: object[];
  @Untrusted('the bots that would run: name, version, params and the hashes of what is executed.')
  @IsArray()
  @IsObject({ each: true })
  would_run!: object[];
  @Describe('The parties that must agree.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => AskedParty)
  parties!: AskedParty[];
  @Describe('When the proposal expires, ISO 8601 in UTC.') @IsString() expires_at!: string;
  @Describe('Only for the proposer of new invites: the codes. Share each with one party.')
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => NewInvite)
  invites?: NewInvite[];
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
}

/** propose_change and agree_change: asking the parties of a round in play for a change, and their consent. */
@Controller()
export class ChangesController {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly proposals: Proposals,
    private readonly agreements: Agreements,
    private readonly replies: BotReplies,
  ) {}

  @Operation({
    name: 'propose_change',
    title: 'Propose a change',
    summary: 'Propose a change to which every party of the round in play must agree.',
    input: ProposeChange,
    output: ChangeView,
    toolset: 'play',
    errors: [
      'NOT_MEMBER',
      'NOT_PARTY',
      'NOT_ADMIN',
      'NO_ROUND_IN_PLAY',
      'BAD_OP',
      'SLOT_NOT_FOUND',
      'QUOTA_REACHED',
      'STORAGE_QUOTA_REACHED',
      'DISK_SPACE_LOW',
      'BODY_TOO_LARGE',
      'BOT_INVALID',
      'MODULE_NOT_ALLOWED',
      'SANDBOX_UNAVAILABLE',
      'TEXT_NOT_ALLOWED',
      'CHANNEL_CLOSED',
    ],
    cost: 5,
    openWorld: true,
  })
  async propose({ channel_id, ops, expires_s, seat }: ProposeChange, caller: Caller): Promise<ChangeView> {
    const expiresS = expires_s ?? DEFAULT_EXPIRY_S;
    const standing = await this.proposals.propose({ channelId: channel_id, ops, expiresS, seat }, caller);
    return { ...viewOf(standing), ...(await this.hint(channel_id, caller, seat)) };
  }

  @Operation({
    name: 'agree_change',
    title: 'Agree to a change',
    summary: 'Agree to a proposed change for the seat you play from. The change is made when the last party agrees.',
    input: AgreeChange,
    output: ChangeView,
    toolset: 'play',
    errors: ['NOT_MEMBER', 'NOT_PARTY', 'CHANGE_NOT_FOUND', 'CHANNEL_CLOSED'],
    cost: 5,
    destroys: true,
    openWorld: true,
  })
  async agree({ channel_id, change_id, seat }: AgreeChange, caller: Caller, signal: AbortSignal): Promise<ChangeView> {
    const standing = await this.agreements.agree({ channelId: channel_id, changeId: change_id, seat }, caller);
    if (standing.change.status === 'done') await this.replies.waitForAll(channel_id, signal);
    return { ...viewOf(standing), ...(await this.hint(channel_id, caller, seat)) };
  }

  /** Which seat to pass next time; undefined for a party that has left the channel. */
  private async hint(channelId: string, caller: Caller, seat: string | undefined) {
    const standing = await this.access.outline(this.database.read, channelId, caller, seat).catch(() => undefined);
    return standing && seatToPass(standing);
  }
}

const viewOf = ({ change, parties, invites }: ChangeStanding, now = Date.now()): ChangeView => ({
  change_id: change.id,
  channel_id: change.channelId,
  status: change.status === 'open' && change.expiresAt <= now ? 'expired' : change.status,
  ops: change.announced,
  would_run: change.shownRun,
  parties: [...parties],
  expires_at: isoTime(change.expiresAt),
  ...(invites?.length && { invites: [...invites] }),
});
