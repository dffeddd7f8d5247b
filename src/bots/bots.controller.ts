import { Controller } from '@nestjs/common';
import { IsInt, IsObject, IsOptional, IsString, Length } from 'class-validator';
import type { Manifest } from '../../bot-sdk/contract.js';
import { Access } from '../channels/access.service.js';
import { BotRoster } from '../channels/bot-roster.js';
import { ChannelOp, ChannelOps } from '../channels/channel-ops.js';
import { NamesSeat, seatToPass, TellsSeat } from '../channels/own-seats.js';
import type { Slot } from '../channels/slot.entity.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Operation } from '../kernel/operation.js';
import { Describe, Untrusted } from '../kernel/schema.js';
import { Database } from '../platform/database.js';
import { Attachments } from './attachments.service.js';
import { BotDefinition } from './bot-definition.js';
import { Sources } from './sources.service.js';

class AttachBot extends BotDefinition {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @NamesSeat('Your own seat, from which you do it, if you hold several here.') seat?: string;
}

class AttachedBot {
  @Describe('Id of the bot in this channel.') @IsString() bot_id!: string;
  @Describe('The slot it sits in.') @IsString() slot_id!: string;
  @Describe('SHA-256 over the source as written.') @IsString() code_hash!: string;
  @Describe('SHA-256 over the canonical JSON of the manifest.') @IsString() manifest_hash!: string;
  @Describe('SHA-256 over everything that is executed.') @IsString() bundle_hash!: string;
  @TellsSeat() pass_seat?: string;
  @TellsSeat('The same in words.') seat_hint?: string;
}

class GetBotCode {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('Id of the bot, bot_….') @IsString() @Length(1, 64) bot_id!: string;
  @NamesSeat() seat?: string;
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
  @Describe('How often it has saved its state.') @IsInt() state_version!: number;
}

@Controller()
export class BotsController {
  constructor(
    private readonly database: Database,
    private readonly access: Access,
    private readonly ops: ChannelOps,
    private readonly attachments: Attachments,
    private readonly sources: Sources,
    private readonly roster: BotRoster,
  ) {}

  @Operation({
    name: 'attach_bot',
    title: 'Attach a bot',
    summary: 'Put a preset or code of your own into a free bot slot of a channel you administer.',
    input: AttachBot,
    output: AttachedBot,
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
  ): Promise<AttachedBot> {
    const { slots } = await this.access.admin(this.database.read, channel_id, caller, seat);
    const slot = slotFor(slots, definition.slot);
    const apply = await this.ops.prepare(opOf(slot, definition), { channelId: channel_id, caller });
    const attached = await this.database.write(async (tx) => {
      const standing = await this.access.admin(tx, channel_id, caller, seat);
      standing.channel.mustBeOpen();
      if (standing.slots.some(({ slotId, isFilled }) => slotId === slot.slotId && isFilled)) {
        throw new DomainError('SLOT_ALREADY_FILLED');
      }
      await apply(tx, standing);
      const bots = await this.attachments.activeIn(tx, channel_id);
      return { ...viewOf(bots.find(({ slotId }) => slotId === slot.slotId)!), ...seatToPass(standing) };
    });
    await this.roster.settled(channel_id, signal);
    return attached;
  }

  @Operation({
    name: 'get_bot_code',
    title: 'Read the code of a bot',
    summary: 'Read the source and manifest of a bot of your channel, with the hashes that were announced.',
    input: GetBotCode,
    output: BotSource,
    toolset: 'bots',
    errors: ['NOT_MEMBER', 'BOT_NOT_FOUND'],
    reads: true,
    openWorld: true,
  })
  async code({ channel_id, seat, bot_id }: GetBotCode, caller: Caller): Promise<BotSource> {
    const tx = this.database.read;
    const standing = await this.access.outline(tx, channel_id, caller, seat);
    const attachment = await this.attachments.find(tx, channel_id, bot_id);
    if (!attachment) throw new DomainError('BOT_NOT_FOUND');
    return {
      ...viewOf(attachment),
      name: attachment.name,
      version: attachment.version,
      language: attachment.language,
      code_ref: attachment.preset && `builtin://${attachment.preset}`,
      inline_code: await this.sources.of(tx, attachment.codeHash),
      manifest: attachment.manifest(),
      params: attachment.params(),
      state_version: attachment.stateVersion,
      ...seatToPass(standing),
    };
  }
}

const viewOf = ({
  botId,
  slotId,
  codeHash,
  manifestHash,
  bundleHash,
}: Awaited<ReturnType<Attachments['activeIn']>>[number]) => ({
  bot_id: botId,
  slot_id: slotId,
  code_hash: codeHash,
  manifest_hash: manifestHash,
  bundle_hash: bundleHash,
});

function slotFor(slots: Slot[], named: string | undefined): Slot {
  const isIt = ({ slotId, label, kind }: Slot) => [slotId, label, `${kind}:${label}`].includes(named ?? '');
  const slot = named ? slots.find(isIt) : slots.find(({ kind, isFilled }) => kind === 'bot' && !isFilled);
  if (!slot && named) throw new DomainError('SLOT_NOT_FOUND');
  if (!slot)
    throw new DomainError(
      'INVALID_REQUEST',
      'the channel has no free bot slot; yield_slot of update_channel makes one',
    );
  return slot;
}

const opOf = ({ slotId }: Slot, { slot: _, ...bot_def }: BotDefinition): ChannelOp =>
  Object.assign(new ChannelOp(), { type: 'set_bot', slot_id: slotId, bot_def });
