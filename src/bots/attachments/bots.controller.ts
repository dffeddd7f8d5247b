import { Controller } from '@nestjs/common';
import { IsArray, IsInt, IsObject, IsOptional, IsString } from 'class-validator';
import type { Manifest } from '../../../bot-sdk/contract.js';
import { BotReplies } from '../../channels/bot-replies.js';
import { ChannelAccess } from '../../channels/channel-access.service.js';
import { ChannelOp, ChannelOps } from '../../channels/channel-ops.js';
import { BotId, ChannelId, SeatField, SeatToPassField } from '../../channels/operation-fields.js';
import { seatToPass } from '../../channels/own-seats.js';
import type { Slot } from '../../channels/slot.entity.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { Operation } from '../../kernel/operation.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import { Database } from '../../platform/database/database.js';
import { Sources } from '../code/sources.service.js';
import type { Attachment } from './attachment.entity.js';
import { Attachments } from './attachments.service.js';
import { BotDefinition } from './bot-definition.js';

class AttachBot extends BotDefinition {
  @ChannelId() channel_id!: string;
  @SeatField('Your own seat, if you hold several here.') seat?: string;
}

class AttachedBot {
  @Describe('Id of the bot in this channel.') @IsString() bot_id!: string;
  @Describe('The slot it sits in.') @IsString() slot_id!: string;
  @Describe('SHA-256 over the source as written.') @IsString() code_hash!: string;
  @Describe('SHA-256 over the canonical JSON of the manifest.') @IsString() manifest_hash!: string;
  @Describe('SHA-256 over everything that is executed.') @IsString() bundle_hash!: string;
  @Describe('The hooks that are called; all hooks if the bot was not tried yet.')
  @IsArray()
  @IsString({ each: true })
  hooks!: string[];
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
}

class BotAttached extends AttachedBot {
  @Describe('Likely mistakes in the bot, such as a method with almost the name of a hook.')
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  warnings?: string[];
}

class GetBotCode {
  @ChannelId() channel_id!: string;
  @BotId() bot_id!: string;
  @SeatField() seat?: string;
}

class BotSource extends AttachedBot {
  @Untrusted('the name from its manifest.') @IsString() name!: string;
  @Untrusted('the version from its manifest.') @IsString() version!: string;
  @Describe('javascript, typescript or python.') @IsString() language!: string;
  @Describe('builtin://<Name> for a preset, else null.', { type: ['string', 'null'] })
  @IsOptional()
  @IsString()
  code_ref!: string | null;
  @Untrusted('the source that runs. Hash it: code_hash is "sha256:" and the hex SHA-256 of this text in UTF-8.')
  @IsString()
  inline_code!: string;
  @Untrusted('what the bot declares about itself. manifest_hash is over its canonical JSON (RFC 8785).')
  @IsObject()
  manifest!: Manifest;
  @Untrusted('the settings of the bot in this channel.') @IsObject() params!: object;
  @Describe('Number of times it has saved its state.') @IsInt() state_version!: number;
}

@Controller()
export class BotsController {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly ops: ChannelOps,
    private readonly attachments: Attachments,
    private readonly sources: Sources,
    private readonly replies: BotReplies,
  ) {}

  @Operation({
    name: 'attach_bot',
    title: 'Attach a bot',
    summary: 'Attach a preset or your own code to a free bot slot of a channel you administer.',
    input: AttachBot,
    output: BotAttached,
    toolset: 'bots',
    errors: [
      'NOT_MEMBER',
      'NOT_ADMIN',
      'SEAT_AMBIGUOUS',
      'SLOT_NOT_FOUND',
      'QUOTA_REACHED',
      'STORAGE_QUOTA_REACHED',
      'DISK_SPACE_LOW',
      'SLOT_ALREADY_FILLED',
      'BOT_INVALID',
      'SECRET_IS_KNOWN',
      'SECRETS_NOT_ALLOWED',
      'MODULE_NOT_ALLOWED',
      'SANDBOX_UNAVAILABLE',
      'TEXT_NOT_ALLOWED',
      'CODE_BLOCKED',
      'CODE_QUARANTINED',
      'CHANNEL_CLOSED',
      'ROUND_IN_PLAY',
    ],
    scope: 'bots',
    cost: 10,
  })
  async attach(
    { channel_id, seat, ...definition }: AttachBot,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<BotAttached> {
    const { slots } = await this.access.admin(this.database.read, channel_id, caller, seat);
    const slot = slotFor(slots, definition.slot);
    const apply = await this.ops.prepare(opOf(slot, definition), { channelId: channel_id, caller });
    const attached = await this.database.write(async (tx) => {
      const standing = await this.access.admin(tx, channel_id, caller, seat);
      standing.channel.assertOpen();
      if (standing.slots.some(({ slotId, isFilled }) => slotId === slot.slotId && isFilled)) {
        throw new DomainError('SLOT_ALREADY_FILLED');
      }
      await apply(tx, standing);
      const bots = await this.attachments.activeIn(tx, channel_id);
      const { warnings = [] } = apply;
      return {
        ...viewOf(bots.find(({ slotId }) => slotId === slot.slotId)!),
        ...(warnings.length && { warnings: [...warnings] }),
        ...seatToPass(standing),
      };
    }, channel_id);
    await this.replies.waitForAll(channel_id, signal);
    return attached;
  }

  @Operation({
    name: 'get_bot_code',
    title: 'Read the code of a bot',
    summary: 'Read the source and manifest of a bot of your channel, and the hashes that were announced.',
    input: GetBotCode,
    output: BotSource,
    errors: ['NOT_MEMBER', 'BOT_NOT_FOUND'],
    reads: true,
    openWorld: true,
    toolset: ['core', 'bots'],
  })
  async code({ channel_id, seat, bot_id }: GetBotCode, caller: Caller): Promise<BotSource> {
    const db = this.database.read;
    const standing = await this.access.outline(db, channel_id, caller, seat);
    const attachment = await this.attachments.find(db, channel_id, bot_id);
    if (!attachment) throw new DomainError('BOT_NOT_FOUND');
    return {
      ...viewOf(attachment),
      name: attachment.name,
      version: attachment.version,
      language: attachment.language,
      code_ref: attachment.preset && `builtin://${attachment.preset}`,
      inline_code: await this.sources.of(db, attachment.codeHash),
      manifest: attachment.manifest(),
      params: attachment.params(),
      state_version: attachment.stateVersion,
      ...seatToPass(standing),
    };
  }
}

const viewOf = (attachment: Attachment) => ({
  bot_id: attachment.botId,
  slot_id: attachment.slotId,
  code_hash: attachment.codeHash,
  manifest_hash: attachment.manifestHash,
  bundle_hash: attachment.bundleHash,
  hooks: [...attachment.hooks()],
});

function slotFor(slots: Slot[], named: string | undefined): Slot {
  const isIt = ({ slotId, label, kind }: Slot) => [slotId, label, `${kind}:${label}`].includes(named ?? '');
  const slot = named ? slots.find(isIt) : slots.find(({ kind, isFilled }) => kind === 'bot' && !isFilled);
  if (!slot && named) throw new DomainError('SLOT_NOT_FOUND');
  if (!slot)
    throw new DomainError(
      'INVALID_REQUEST',
      'the channel has no free bot slot; the op yield_slot of update_channel can make one',
    );
  return slot;
}

const opOf = ({ slotId }: Slot, { slot: _, ...bot_def }: BotDefinition): ChannelOp =>
  Object.assign(new ChannelOp(), { type: 'set_bot', slot_id: slotId, bot_def });
