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
import { Access } from '../../channels/access.service.js';
import { BotRoster } from '../../channels/bot-roster.js';
import { ChannelOp } from '../../channels/channel-ops.js';
import { NamesSeat, seatToPass, TellsSeat } from '../../channels/own-seats.js';
import { NewInvite } from '../../channels/update-channel.controller.js';
import type { Caller } from '../../kernel/caller.js';
import { isoTime } from '../../kernel/clock.js';
import { Operation } from '../../kernel/operation.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import { Database } from '../../platform/database.js';
import { CAPS } from '../../platform/limits/caps.js';
import { type ChangeStanding, Proposals } from './proposals.service.js';

const DEFAULT_EXPIRY_S = 600;

class ProposeChange {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('What to change, as update_channel takes it; void_round ends the rounds in play for everyone.')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CAPS.channel_ops.most)
  @ValidateNested({ each: true })
  @Type(() => ChannelOp)
  ops!: ChannelOp[];
  @Describe('How long the parties have to agree, in seconds.')
  @IsOptional()
  @IsInt()
  @Min(10)
  @Max(86_400)
  expires_s: number = DEFAULT_EXPIRY_S;
  @NamesSeat() seat?: string;
}

class AgreeChange {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('Id of the change, chg_…, as change:proposed has it.') @IsString() @Length(5, 40) change_id!: string;
  @NamesSeat() seat?: string;
}

class AskedParty {
  @Describe('The seat.') @IsString() seat!: string;
  @Describe('Whether it has agreed. Silence is no.') @IsBoolean() agreed!: boolean;
}

class ChangeView {
  @Describe('Id of the change, chg_….') @IsString() change_id!: string;
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Describe('open, done, failed (everyone agreed and it could not be done) or expired.') @IsString() status!: string;
  @Untrusted('the ops, as everyone is shown them.') @IsArray() @IsObject({ each: true }) ops!: object[];
  @Untrusted('the bots that would run: name, version, params and the hashes of all that runs.')
  @IsArray()
  @IsObject({ each: true })
  would_run!: object[];
  @Describe('Everyone who is asked.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => AskedParty)
  parties!: AskedParty[];
  @Describe('Until then it can be agreed to, ISO 8601 in UTC.') @IsString() expires_at!: string;
  @Describe('For who proposed new invites and agreed last: the codes. Share each with one party.')
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => NewInvite)
  invites?: NewInvite[];
  @TellsSeat() pass_seat?: string;
  @TellsSeat('The same in words.') seat_hint?: string;
}

/** Asking the parties of a round in play for a change, and saying yes. */
@Controller()
export class ChangesController {
  constructor(
    private readonly database: Database,
    private readonly access: Access,
    private readonly proposals: Proposals,
    private readonly roster: BotRoster,
  ) {}

  @Operation({
    name: 'propose_change',
    title: 'Propose a change',
    summary: 'Ask everyone who plays in a round in play for a change that nobody may make alone.',
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
    summary: 'Say yes to a proposed change, for the seat you play from. The last yes makes it happen.',
    input: AgreeChange,
    output: ChangeView,
    toolset: 'play',
    errors: ['NOT_MEMBER', 'NOT_PARTY', 'CHANGE_NOT_FOUND', 'CHANNEL_CLOSED'],
    cost: 5,
    destroys: true,
    openWorld: true,
  })
  async agree({ channel_id, change_id, seat }: AgreeChange, caller: Caller, signal: AbortSignal): Promise<ChangeView> {
    const standing = await this.proposals.agree({ channelId: channel_id, changeId: change_id, seat }, caller);
    if (standing.change.status === 'done') await this.roster.settled(channel_id, signal);
    return { ...viewOf(standing), ...(await this.hint(channel_id, caller, seat)) };
  }

  /** A party that has left holds no seat to pass. */
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
