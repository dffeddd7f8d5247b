import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Effect, Json, RunError } from '../../bot-sdk/contract.js';
import type { Standing } from '../channels/access.service.js';
import { type ApplyOp, ChannelOp, ChannelOps } from '../channels/channel-ops.js';
import { Channels } from '../channels/channels.service.js';
import { DomainError, ERRORS } from '../kernel/errors.js';
import { parse } from '../kernel/schema.js';
import type { Entry } from '../messaging/entry.entity.js';
import type { Attachment } from './attachment.entity.js';
import { isOfABot } from './hooks.js';

/** Ops that end with something told to who asked for them, and a bot is told nothing; or that a bot must not see. */
const NOT_FOR_BOTS = ['new_invite', 'set_env_redacted'];
/** Whatever else a bot could attach is code that nobody has read and no member has asked for. */
const PRESET_FIELDS = ['slot', 'name', 'bot_preset', 'code_ref', 'params'];

/** What bots change of their channel: as admins do, where manifest and slot allow it, and in the write of their hook. */
@Injectable()
export class ChannelChanges {
  constructor(
    private readonly channels: Channels,
    private readonly ops: ChannelOps,
  ) {}

  /** What is slow to look at, before the write. Throws what is wrong with an op. */
  async prepare(ops: readonly Json[], event: Entry): Promise<ApplyOp[]> {
    const prepared: ApplyOp[] = [];
    for (const op of ops) prepared.push(await this.ops.prepare(await readOp(op, event)));
    return prepared;
  }

  /** The last thing that a hook does: it may close the channel, or put the bot itself out of it. */
  async apply(tx: EntityManager, attachment: Attachment, changes: readonly ApplyOp[]) {
    for (const change of changes) await change(tx, await this.standingOf(tx, attachment));
  }

  private async standingOf(tx: EntityManager, attachment: Attachment): Promise<Standing> {
    const { channelId, botId, name } = attachment;
    const { channel, slots } = await this.channels.withSlots(tx, channelId);
    channel.mustBeOpen();
    const isAdmin = slots.some((slot) => slot.botId === botId && slot.admin);
    if (!isAdmin || !attachment.manifest().permissions.update_channel) throw new DomainError('NOT_ADMIN');
    return {
      // What it does is the doing of who made the channel and let it.
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

/** In words of ours: a problem of the catalog, as everyone in the channel is told of it. */
export const refusedUpdate = ({ code, detail }: DomainError): RunError => ({
  code: 'UPDATE_REFUSED',
  detail: `${code}: ${detail ?? ERRORS[code].title}`,
});

async function readOp(given: Json, event: Entry): Promise<ChannelOp> {
  const op = await parse(ChannelOp, given);
  if (Array.isArray(op)) throw new DomainError('INVALID_REQUEST', op.map(({ message }) => message).join('; '));
  if (NOT_FOR_BOTS.includes(op.type)) throw new DomainError('BAD_OP', `${op.type} is for people`);
  // A new bot is no answer, so no chain would count it.
  if (op.type === 'set_bot' && isOfABot(event))
    throw new DomainError('BAD_OP', 'no bot is attached in answer to a bot');
  if (op.type === 'set_bot' && !isPreset(op.bot_def)) throw new DomainError('BAD_OP', 'a bot attaches presets only');
  return op;
}

const isPreset = (definition: object | undefined) =>
  Object.keys(definition ?? {}).every((field) => PRESET_FIELDS.includes(field));
