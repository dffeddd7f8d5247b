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
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { LANGUAGES, type Language } from '../../../bot-sdk/contract.js';
import { BotReplies } from '../../channels/bot-replies.js';
import type { Visibility } from '../../channels/channel.entity.js';
import { ChannelView, channelView } from '../../channels/channel.view.js';
import { CHANNEL_MODES, type ChannelMode } from '../../channels/channel-mode.js';
import { Channels } from '../../channels/channels.service.js';
import { NextStep, nextStepTo } from '../../channels/next-step.js';
import { ChannelName } from '../../channels/operation-fields.js';
import type { Slot } from '../../channels/slot.entity.js';
import { readSlot } from '../../channels/slot-spec.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError, toProblem } from '../../kernel/errors.js';
import { assertCovers, Operation } from '../../kernel/operation.js';
import { Describe } from '../../kernel/schema.js';
import { Database } from '../../platform/database/database.js';
import { CAPS } from '../../platform/limits/caps.js';
import { BotDefinition, ENV_DESCRIPTION, ENV_SHAPE, SOURCE_CHARS } from './bot-definition.js';
import { placeBots } from './bot-places.js';
import { BotPreparation, type PreparedBot } from './bot-preparation.js';
import { NewAttachments } from './new-attachments.service.js';

class CreateChannel {
  @ChannelName('Shown to every member.') name!: string;
  @Describe('The slots, in order: bot:<label>, invite:<label> (a player) or observe:<label> (reads only).')
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
    'Source of a bot for the first bot slot: one class with hooks such as onMessage(msg). Used instead of bot_preset.',
  )
  @IsOptional()
  @IsString()
  @MaxLength(SOURCE_CHARS)
  bot_code?: string;
  @Describe('javascript, typescript or python. Default: detected.')
  @IsOptional()
  @IsIn(LANGUAGES)
  bot_language?: Language;
  @Describe('Settings for that bot, as its manifest describes them. Every member sees them.')
  @IsOptional()
  @IsObject()
  bot_params?: Record<string, unknown>;
  @Describe('The manifest of bot_code. Default: derived from the code.')
  @IsOptional()
  @IsObject()
  bot_manifest?: Record<string, unknown>;
  @Describe(ENV_DESCRIPTION, ENV_SHAPE) @IsOptional() @IsObject() bot_env?: Record<string, string>;
  @Describe('The same as bot_env.', ENV_SHAPE) @IsOptional() @IsObject() bot_env_redacted?: Record<string, string>;
  @Describe('Bots for named slots, instead of bot_preset or bot_code.')
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(CAPS.created_bots.most)
  @ValidateNested({ each: true })
  @Type(() => BotDefinition)
  bots?: BotDefinition[];
  @Describe('private: for invited members only. public: anyone can find it, read it and take a free seat.')
  @IsOptional()
  @IsIn(['private', 'public'])
  visibility: Visibility = 'private';
  @Describe(
    'open: any text. typed_only: only moves that a bot declares, no text. quarantined_text: text is read one message at a time, with read_text. It cannot be changed later.',
  )
  @IsOptional()
  @IsIn(CHANNEL_MODES)
  mode: ChannelMode = 'open';
  @Describe('true: an account may hold only one player seat, so nobody plays both sides. It cannot be changed later.')
  @IsOptional()
  @IsBoolean()
  distinct_members: boolean = false;
  @Describe('Your share of the randomness, if you want one: any text, which everyone sees.')
  @IsOptional()
  @IsString()
  @MaxLength(128)
  entropy?: string;
  @Describe('false: a bot that cannot be attached is left out, and bot_errors says why. true: nothing is created.')
  @IsOptional()
  @IsBoolean()
  strict: boolean = true;
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
  @Describe('What to do next.') @ValidateNested() @Type(() => NextStep) next!: NextStep;
  @Describe('Likely mistakes in a bot, such as a method with almost the name of a hook.')
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  bot_warnings?: string[];
  @Describe('Bots that were left out, with the reasons. Only with strict: false.')
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  bot_errors?: string[];
}

@Controller()
export class CreateChannelController {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly preparation: BotPreparation,
    private readonly newAttachments: NewAttachments,
    private readonly replies: BotReplies,
  ) {}

  @Operation({
    name: 'create_channel',
    title: 'Create a channel',
    summary:
      'Create a channel with slots and bots, and get one invite for each seat. Take your own seat with join_channel and give each other player one invite.',
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
    if (definitions.length) assertCovers(caller, 'bots');
    const { name, visibility, mode, distinct_members, entropy, strict } = input;
    const prepared = await Promise.all(
      definitions.map((definition) => {
        const bot = this.preparation.prepare(definition);
        return strict === false ? bot.catch((error) => leftOut(definition, error)) : bot;
      }),
    );
    const bots = prepared.filter((bot) => typeof bot !== 'string');
    const errors = prepared.filter((bot) => typeof bot === 'string');
    const warnings = bots.flatMap((bot) => bot.warnings.map((warning) => `${bot.manifest.name}: ${warning}`));
    const places = placeBots(specs, bots);
    const opening = {
      name,
      visibility: visibility ?? 'private',
      mode: mode ?? 'open',
      distinctMembers: distinct_members === true,
      slots: specs,
      entropy,
    };
    const created = await this.database.write(async (tx) => {
      const newChannel = await this.channels.open(tx, opening, caller);
      const pairs = places.map(([index, bot]) => [newChannel.slots[index], bot] as [Slot, PreparedBot]);
      await this.newAttachments.attachAll(tx, newChannel.channel.id, pairs, caller);
      const { channel, slots } = await this.channels.withSlots(tx, newChannel.channel.id);
      return {
        channel_id: channel.id,
        invites: newChannel.invites,
        observer_invites: newChannel.observerInvites,
        view: channelView(channel, slots),
        next: afterCreating(newChannel.invites.length, channel.id),
        ...(warnings.length && { bot_warnings: warnings }),
        ...(errors.length && { bot_errors: errors }),
      };
    });
    await this.replies.waitForAll(created.channel_id, signal);
    return created;
  }
}

const afterCreating = (invites: number, channel_id: string): NextStep =>
  invites
    ? nextStepTo(
        'join_channel',
        {},
        'Take your own seat with one of the invites, and give each other player one of the rest.',
        ['invite_code'],
      )
    : nextStepTo('who', { channel_id }, 'The channel has no seat for a player. This shows its slots and bots.');
/**
 * The warning about a bot without which the channel is opened. Rethrows errors of the request that do not concern the
 * bot itself.
 */
function leftOut({ name, bot_preset, code_ref }: BotDefinition, error: unknown): string {
  if (!(error instanceof DomainError) || !(LEFT_OUT.has(error.code) || error.facts.presets)) throw error;
  const { code, title, detail } = toProblem(error);
  return `Failed to attach bot ${name ?? bot_preset ?? code_ref ?? 'CustomBot'}: ${code}: ${detail ?? title}`;
}

const LEFT_OUT: ReadonlySet<string> = new Set([
  'BOT_INVALID',
  'CODE_BLOCKED',
  'CODE_QUARANTINED',
  'MODULE_NOT_ALLOWED',
  'SANDBOX_UNAVAILABLE',
]);

function definitionsOf(input: CreateChannel): BotDefinition[] {
  const { bot_preset, bot_code, bot_language: language, bot_params: params, bot_manifest: manifest, bots } = input;
  const isAsked = bot_preset !== undefined || bot_code !== undefined;
  const env = { ...input.bot_env, ...input.bot_env_redacted };
  const first = isAsked ? [{ bot_preset, bot_code, language, params, manifest, env }] : [];
  return [...first, ...(bots ?? [])];
}
