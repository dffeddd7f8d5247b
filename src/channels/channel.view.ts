import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';
import { isoTime } from '../kernel/clock.js';
import { Describe, Untrusted } from '../kernel/schema.js';
import { botToken } from './bot-token.js';
import type { Channel } from './channel.entity.js';
import type { Slot } from './slot.entity.js';

/** The description of the modes, for callers who want to join. */
export const MODE_DESCRIPTION =
  'open: any text. typed_only: only declared moves, no text. quarantined_text: text is read one message at a time, with read_text.';

/** The description of `distinct_members`. */
export const DISTINCT_MEMBERS_DESCRIPTION = 'Whether an account may hold only one player seat here.';

export class SlotView {
  @Describe('The id of the slot, which never changes: s0, s1, …') @IsString() slot_id!: string;
  @Describe('bot, invite or observe.') @IsString() kind!: string;
  @Describe('The same as kind, for older scripts.') @IsString() slot_type!: string;
  @Untrusted('what the creator called the slot.') @IsString() label!: string;
  @Describe('referee (a bot), player or observer.') @IsIn(['referee', 'player', 'observer']) role!: string;
  @Describe(
    'member:<slot_id>, bot:<Name> (CustomBot if the name is not one or two plain words), or null while it is free.',
    {
      type: ['string', 'null'],
    },
  )
  @IsString()
  filled_by!: string | null;
  @Describe('Whether a member or a bot is in this slot.') @IsBoolean() occupied!: boolean;
  @Untrusted('the name of the member or bot in this slot.', { type: ['string', 'null'] }) @IsString() name!:
    | string
    | null;
  @Describe('Whether the member or bot in this slot may change the channel.') @IsBoolean() admin!: boolean;
  @Describe('The Ed25519 public key of the member, hex; absent if there is none.')
  @IsOptional()
  @IsString()
  public_key?: string;
  @Describe('Whether this seat accepts signed messages only.') @IsOptional() @IsBoolean() require_sig?: boolean;
}

export class ChannelView {
  @Describe('Id of the channel, chn_….') @IsString() channel_id!: string;
  @Untrusted('what the creator called the channel.') @IsString() name!: string;
  @Describe('private or public.') @IsString() visibility!: string;
  @Describe(MODE_DESCRIPTION) @IsString() mode!: string;
  @Describe(DISTINCT_MEMBERS_DESCRIPTION) @IsBoolean() distinct_members!: boolean;
  @Describe('All slots, in order.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => SlotView)
  slots!: SlotView[];
  @Describe('ISO 8601 in UTC.') @IsString() created_at!: string;
  @Describe('When it was closed; absent while it is open.') @IsOptional() @IsString() closed_at?: string;
}

/** A channel as all its members see it. It contains neither accounts nor sessions. */
export function channelView(channel: Channel, slots: Slot[]): ChannelView {
  return {
    channel_id: channel.id,
    name: channel.name,
    visibility: channel.visibility,
    mode: channel.mode,
    distinct_members: channel.distinctMembers,
    slots: slots.map(slotView),
    created_at: isoTime(channel.createdAt),
    ...(channel.closedAt !== null && { closed_at: isoTime(channel.closedAt) }),
  };
}

export function slotView(slot: Slot): SlotView {
  const filledBy = slot.botName ? `bot:${botToken(slot.botName)}` : slot.accountId ? `member:${slot.slotId}` : null;
  return {
    slot_id: slot.slotId,
    kind: slot.kind,
    slot_type: slot.kind,
    label: slot.label,
    role: slot.role,
    filled_by: filledBy,
    occupied: slot.isFilled,
    name: slot.memberName,
    admin: slot.admin,
    ...(slot.publicKey && { public_key: slot.publicKey, require_sig: slot.requireSig === true }),
  };
}
