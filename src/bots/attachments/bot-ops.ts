import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import { type ApplyOp, type ChannelOp, ChannelOps, type OpPlace, slotOf } from '../../channels/channel-ops.js';
import { DomainError } from '../../kernel/errors.js';
import { assertCovers } from '../../kernel/operation.js';
import { parse } from '../../kernel/schema.js';
import { Database } from '../../platform/database/database.js';
import { BotSecrets } from '../secrets/bot-secrets.service.js';
import { assertOnlyNeeded, readEnv } from '../secrets/env.js';
import { BotDefinition } from './bot-definition.js';
import { BotPreparation, type PreparedBot } from './bot-preparation.js';
import { BotSlots } from './bot-slots.js';

/** The ops of update_channel that concern bots. */
@Injectable()
export class BotOps {
  constructor(
    ops: ChannelOps,
    private readonly preparation: BotPreparation,
    private readonly secrets: BotSecrets,
    private readonly database: Database,
    private readonly botSlots: BotSlots,
  ) {
    ops.add('set_bot', { fields: ['slot_id', 'bot_def'], reach: 'bot_ends' }, (op, place) => this.setBot(op, place));
    ops.add('remove_bot', { fields: ['slot_id'], reach: 'bot_ends' }, (op) => this.removeBot(op));
    ops.add('set_env_redacted', { fields: ['slot_id', 'keys'], reach: 'nothing' }, (op) => this.setEnv(op));
  }

  private async setBot(op: ChannelOp, place?: OpPlace): Promise<ApplyOp> {
    const definition = await parse(BotDefinition, op.bot_def);
    if (Array.isArray(definition)) {
      throw new DomainError('INVALID_REQUEST', `bot_def: ${definition.map(({ message }) => message).join('; ')}`);
    }
    const prepared = await this.preparation.prepare(definition);
    const bot = { ...prepared, searched: await this.searched(prepared, place) };
    const wouldRun = { slot_id: op.slot_id ?? '', ...contentOf(bot) };
    const apply: ApplyOp = async (tx, { slots, caller }) => {
      assertCovers(caller, 'bots');
      const slot = slotOf(slots, op);
      await this.botSlots.put(tx, slot, bot, caller);
      const { name, version } = bot.manifest;
      return { announced: { slot_id: slot.slotId, bot_def: { name, version } } };
    };
    return Object.assign(apply, { wouldRun, warnings: bot.warnings });
  }

  /** The log is searched before the write, because that takes time. */
  private async searched({ env }: PreparedBot, place?: OpPlace) {
    if (!place) return undefined;
    return this.secrets.assertNotPosted(this.database.read, env, place.channelId, place.caller);
  }

  private removeBot(op: ChannelOp): ApplyOp {
    return async (tx, { slots }) => {
      await this.botSlots.empty(tx, slotOf(slots, op));
      return {};
    };
  }

  /**
   * The secrets of an attached bot never change: a person who could change them could choose which words of the bot are
   * masked. The op exists because clients know it from other servers, and it always ends with an error that says so.
   */
  private setEnv(op: ChannelOp): ApplyOp {
    const names = Object.keys(readEnv(op.keys ?? {}, 'keys'));
    if (!Object.keys(op.keys ?? {}).length) throw new DomainError('INVALID_REQUEST', 'this op needs the field keys');
    return async (tx, { slots, caller }) => {
      assertCovers(caller, 'bots');
      const attachment = await this.botSlots.botIn(tx, slotOf(slots, op));
      if (!attachment || attachment.removedAt !== null) throw new DomainError('BOT_NOT_FOUND');
      assertOnlyNeeded(attachment.manifest().needs_env, names, 'keys');
      throw new DomainError('SECRETS_FIXED');
    };
  }
}

/** Everything that determines what a bot does. */
const contentOf = ({ bundle, preset, manifest, manifestHash, bundleHash, params }: PreparedBot): JsonObject => ({
  // The code of a preset is left out: get_preset shows it.
  ...(!preset && { inline_code: bundle.source }),
  name: manifest.name,
  version: manifest.version,
  params,
  code_hash: bundle.codeHash,
  manifest_hash: manifestHash,
  bundle_hash: bundleHash,
});
