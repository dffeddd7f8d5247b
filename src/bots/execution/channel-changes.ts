import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Effect, Json, RunError } from '../../../bot-sdk/contract.js';
import type { ChannelStanding } from '../../channels/channel-access.service.js';
import { type ApplyOp, ChannelOp, ChannelOps } from '../../channels/channel-ops.js';
import { Channels } from '../../channels/channels.service.js';
import { DomainError, ERRORS } from '../../kernel/errors.js';
import { parse } from '../../kernel/schema.js';
import type { Entry } from '../../messaging/entry.entity.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { isBotPost } from './hooks.js';

/** Ops whose result only a caller may see, and ops that a bot must not see. */
const NOT_FOR_BOTS = ['new_invite', 'set_env_redacted'];
/**
 * The fields with which a bot can attach presets only: other code would be code that nobody has read and no member has
 * requested.
 */
const PRESET_FIELDS = ['slot', 'name', 'bot_preset', 'code_ref', 'params'];

/**
 * Changes that bots make to their channel. They need the rights of an admin, from manifest and slot, and happen in the
 * write of the hook.
 */
@Injectable()
export class ChannelChanges {
  constructor(
    private readonly channels: Channels,
    private readonly ops: ChannelOps,
  ) {}

  /** Prepares slow parts before the write. Throws a DomainError for an invalid op. */
  async prepare(ops: readonly Json[], event: Entry): Promise<ApplyOp[]> {
    const prepared: ApplyOp[] = [];
    for (const op of ops) prepared.push(await this.ops.prepare(await readOp(op, event)));
    return prepared;
  }

  /** Applied last in a hook, because a change may close the channel or remove the bot itself. */
  async apply(tx: EntityManager, attachment: Attachment, changes: readonly ApplyOp[]) {
    for (const change of changes) await change(tx, await this.standingOf(tx, attachment));
  }

  private async standingOf(tx: EntityManager, attachment: Attachment): Promise<ChannelStanding> {
    const { channelId, botId, name } = attachment;
    const { channel, slots } = await this.channels.withSlots(tx, channelId);
    channel.assertOpen();
    const isAdmin = slots.some((slot) => slot.botId === botId && slot.admin);
    if (!isAdmin || !attachment.manifest().permissions.update_channel) throw new DomainError('NOT_ADMIN');
    return {
      // The creator of the channel has allowed it, so the changes count as made by the creator.
      caller: {
        accountId: channel.creatorId,
        clientId: 'bot',
        sessionId: botId,
        name: name.slice(0, 24),
        scopes: ['channels', 'bots'],
        role: 'guest',
      },
      channel,
      slots,
      ownSeats: [],
      isCreator: false,
      isAdmin,
      by: `bot:${botId}`,
    };
  }
}

export const opsAskedFor = (effects: readonly Effect[]): Json[] =>
  effects.flatMap((effect) => (effect.type === 'update_channel' ? effect.ops : []));

/** An error of the catalog in our own words, because everyone in the channel sees it. */
export const refusedUpdate = ({ code, detail }: DomainError): RunError => ({
  code: 'UPDATE_REFUSED',
  detail: `${code}: ${detail ?? ERRORS[code].title}`,
});

async function readOp(given: Json, event: Entry): Promise<ChannelOp> {
  const op = await parse(ChannelOp, given);
  if (Array.isArray(op)) throw new DomainError('INVALID_REQUEST', op.map(({ message }) => message).join('; '));
  if (NOT_FOR_BOTS.includes(op.type)) throw new DomainError('BAD_OP', `bots cannot use ${op.type}`);
  // Attaching a bot is not a post, so the limit of chains would not count it.
  if (op.type === 'set_bot' && isBotPost(event))
    throw new DomainError('BAD_OP', 'a bot cannot attach a bot in answer to another bot');
  if (op.type === 'set_bot' && !isPreset(op.bot_def)) throw new DomainError('BAD_OP', 'a bot can attach presets only');
  return op;
}

const isPreset = (definition: object | undefined) =>
  Object.keys(definition ?? {}).every((field) => PRESET_FIELDS.includes(field));
