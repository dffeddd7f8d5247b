import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { LANGUAGES, type Language } from '../../bot-sdk/contract.js';
import { BotRoster } from '../channels/bot-roster.js';
import type { Visibility } from '../channels/channel.entity.js';
import { ChannelView, channelView } from '../channels/channel.view.js';
import { CHANNEL_MODES, type ChannelMode } from '../channels/channel-mode.js';
import { Channels } from '../channels/channels.service.js';
import type { Slot } from '../channels/slot.entity.js';
import { readSlot } from '../channels/slot-spec.js';
import type { Caller } from '../kernel/caller.js';
import { mustCover, Operation } from '../kernel/operation.js';
import { Describe } from '../kernel/schema.js';
import { Database } from '../platform/database.js';
import { CAPS } from '../platform/limits/caps.js';
import { Attachments } from './attachments.service.js';
import { BotDefinition, ENV_IS, ENV_SHAPE, SOURCE_CHARS } from './bot-definition.js';
import { placeBots } from './bot-places.js';
import { BotPreparation, type PreparedBot } from './bot-preparation.js';

class CreateChannel {
  @Describe('Shown to every member.')
  @IsString()
  @Length(1, 80)
  @Matches(/^[^\p{Cc}\p{Cf}]*$/u, { message: 'name must not hold control or invisible characters' })
  name!: string;
  @Describe('The places, in order: bot:<label>, invite:<label> (a player) or observe:<label> (reads only).')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CAPS.channel_slots.most)
  @IsString({ each: true })
  @MaxLength(60, { each: true })
  slots!: string[];
  @Describe('A preset for the first bot slot; list_presets lists them.')
  @IsOptional()
  @IsString()
  @Length(1, 40)
  bot_preset?: string;
  @Describe(
    'Source of a bot for the first bot slot: one class with hooks such as onMessage(msg). Goes before bot_preset.',
  )
  @IsOptional()
  @IsString()
  @MaxLength(SOURCE_CHARS)
  bot_code?: string;
  @Describe('javascript, typescript or python; detected where it is left out.')
  @IsOptional()
  @IsIn(LANGUAGES)
  bot_language?: Language;
  @Describe('Settings for that bot, as its manifest describes them. Every member sees them.')
  @IsOptional()
  @IsObject()
  bot_params?: Record<string, unknown>;
  @Describe('What bot_code declares about itself; derived from the code where it is left out.')
  @IsOptional()
  @IsObject()
  bot_manifest?: Record<string, unknown>;
  @Describe(ENV_IS, ENV_SHAPE) @IsOptional() @IsObject() bot_env?: Record<string, string>;
  @Describe('The same as bot_env.', ENV_SHAPE) @IsOptional() @IsObject() bot_env_redacted?: Record<string, string>;
  @Describe('Bots for named slots, instead of bot_preset or bot_code.')
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(CAPS.created_bots.most)
  @ValidateNested({ each: true })
  @Type(() => BotDefinition)
  bots?: BotDefinition[];
  @Describe('private: only who is invited. public: anyone can find it, read it and take a free seat.')
  @IsOptional()
  @IsIn(['private', 'public'])
  visibility: Visibility = 'private';
  @Describe(
    'open; typed_only: only moves that the bots declare are said, no text at all; quarantined_text: text is kept from models until they ask for one message. Stays as it is.',
  )
  @IsOptional()
  @IsIn(CHANNEL_MODES)
  mode: ChannelMode = 'open';
  @Describe('true: an account may hold only one player seat, so that nobody plays both sides. Stays as it is.')
  @IsOptional()
  @IsBoolean()
  distinct_members: boolean = false;
  @Describe('Your share of the randomness, if you want one: any text. Everyone sees it.')
  @IsOptional()
  @IsString()
  @MaxLength(128)
  entropy?: string;
}

class ChannelCreated {
  @Describe('Id of the new channel.') @IsString() channel_id!: string;
  @Describe('One code per invite slot, in slot order. Each works once; share them with the other parties.')
  @IsArray()
  @IsString({ each: true })
  invites!: string[];
  @Describe('One code per observe slot, in slot order.')
  @IsArray()
  @IsString({ each: true })
  observer_invites!: string[];
  @Describe('The channel with its slots.') @ValidateNested() @Type(() => ChannelView) view!: ChannelView;
}

@Controller()
export class CreateChannelController {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly preparation: BotPreparation,
    private readonly attachments: Attachments,
    private readonly roster: BotRoster,
  ) {}

  @Operation({
    name: 'create_channel',
    title: 'Create a channel',
    summary: 'Open a channel with slots and bots and get an invite for each seat.',
    input: CreateChannel,
    output: ChannelCreated,
    errors: [
      'BOT_INVALID',
      'SECRET_IS_KNOWN',
      'SECRETS_NOT_ALLOWED',
      'MODULE_NOT_ALLOWED',
      'SANDBOX_UNAVAILABLE',
      'TEXT_NOT_ALLOWED',
      'CODE_BLOCKED',
      'CODE_QUARANTINED',
      'INSUFFICIENT_SCOPE',
      'QUOTA_REACHED',
      'STORAGE_QUOTA_REACHED',
      'DISK_SPACE_LOW',
    ],
    cost: 10,
  })
  async create(input: CreateChannel, caller: Caller, signal: AbortSignal): Promise<ChannelCreated> {
    const specs = input.slots.map(readSlot);
    const definitions = definitionsOf(input);
    if (definitions.length) mustCover(caller, 'bots');
    const bots = await Promise.all(definitions.map((definition) => this.preparation.prepare(definition)));
    const places = placeBots(specs, bots);
    const { name, visibility, mode, distinct_members, entropy } = input;
    const opening = {
      name,
      visibility: visibility ?? 'private',
      mode: mode ?? 'open',
      distinctMembers: distinct_members === true,
      slots: specs,
      entropy,
    };
    const created = await this.database.write(async (tx) => {
      const opened = await this.channels.open(tx, opening, caller);
      const pairs = places.map(([index, bot]) => [opened.slots[index], bot] as [Slot, PreparedBot]);
      await this.attachments.attachAll(tx, opened.channel.id, pairs, caller);
      const { channel, slots } = await this.channels.withSlots(tx, opened.channel.id);
      return {
        channel_id: channel.id,
        invites: opened.invites,
        observer_invites: opened.observerInvites,
        view: channelView(channel, slots),
      };
    });
    await this.roster.settled(created.channel_id, signal);
    return created;
  }
}

function definitionsOf(input: CreateChannel): BotDefinition[] {
  const { bot_preset, bot_code, bot_language: language, bot_params: params, bot_manifest: manifest, bots } = input;
  const isAsked = bot_preset !== undefined || bot_code !== undefined;
  const env = { ...input.bot_env, ...input.bot_env_redacted };
  const first = isAsked ? [{ bot_preset, bot_code, language, params, manifest, env }] : [];
  return [...first, ...(bots ?? [])];
}
