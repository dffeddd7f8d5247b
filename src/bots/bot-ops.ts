import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { type ApplyOp, type ChannelOp, ChannelOps, type OpPlace, slotOf } from '../channels/channel-ops.js';
import { Channels } from '../channels/channels.service.js';
import type { Slot } from '../channels/slot.entity.js';
import { DomainError } from '../kernel/errors.js';
import { mustCover } from '../kernel/operation.js';
import { parse } from '../kernel/schema.js';
import { ChannelLog } from '../messaging/log.service.js';
import { Database } from '../platform/database.js';
import { Attachments } from './attachments.service.js';
import { BotDefinition } from './bot-definition.js';
import { BotPreparation, type PreparedBot } from './bot-preparation.js';
import { BotSecrets } from './secrets/bot-secrets.service.js';
import { assertOnlyNeeded, readEnv } from './secrets/env.js';

/** The ops of update_channel that concern bots. */
@Injectable()
export class BotOps {
  constructor(
    ops: ChannelOps,
    private readonly channels: Channels,
    private readonly preparation: BotPreparation,
    private readonly attachments: Attachments,
    private readonly log: ChannelLog,
    private readonly secrets: BotSecrets,
    private readonly database: Database,
  ) {
    ops.add('set_bot', { fields: ['slot_id', 'bot_def'], reach: 'bot_ends' }, (op, place) => this.setBot(op, place));
    ops.add(
      'remove_bot',
      { fields: ['slot_id'], reach: 'bot_ends' },
      (op) =>
        (tx, { slots }) =>
          this.removeBot(tx, slotOf(slots, op)),
    );
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
      mustCover(caller, 'bots');
      const slot = slotOf(slots, op);
      if (slot.accountId) throw new DomainError('SLOT_ALREADY_FILLED');
      const before = await this.letGo(tx, slot);
      await this.channels.makeBotSlot(tx, slot);
      const [after] = await this.attachments.attachAll(tx, slot.channelId, [[slot, bot]], caller);
      if (before && after) {
        const hashes = { old_hash: before.codeHash, new_hash: after.codeHash };
        await this.log.append(tx, slot.channelId, {
          kind: 'system',
          from: 'system',
          body: { type: 'bot_changed', slot_id: slot.slotId, ...hashes },
        });
      }
      const { name, version } = bot.manifest;
      return { announced: { slot_id: slot.slotId, bot_def: { name, version } } };
    };
    return Object.assign(apply, { wouldRun });
  }

  /** The log is searched before the write, because that takes time. */
  private async searched({ env }: PreparedBot, place?: OpPlace) {
    if (!place) return undefined;
    return this.secrets.assertUnsaid(this.database.read, env, place.channelId, place.caller);
  }

  /**
   * Secrets are given with the bot: whoever could change them later could mask at will what it says. So this op only says what
   * is so, to clients that know it from elsewhere.
   */
  private setEnv(op: ChannelOp): ApplyOp {
    const names = Object.keys(readEnv(op.keys ?? {}, 'keys'));
    if (!Object.keys(op.keys ?? {}).length) throw new DomainError('INVALID_REQUEST', 'this op needs keys');
    return async (tx, { slots, caller }) => {
      mustCover(caller, 'bots');
      const slot = slotOf(slots, op);
      const attachment = slot.botId ? await this.attachments.find(tx, slot.channelId, slot.botId) : null;
      if (!attachment || attachment.removedAt !== null) throw new DomainError('BOT_NOT_FOUND');
      assertOnlyNeeded(attachment.manifest().needs_env, names, 'keys');
      throw new DomainError('SECRETS_FIXED');
    };
  }

  private async removeBot(tx: EntityManager, slot: Slot) {
    if (!(await this.letGo(tx, slot))) throw new DomainError('BOT_NOT_FOUND');
    await this.channels.freeBotSlot(tx, slot);
    return {};
  }

  private async letGo(tx: EntityManager, { channelId, botId }: Slot) {
    const attachment = botId ? await this.attachments.find(tx, channelId, botId) : null;
    if (attachment) await this.attachments.release(tx, attachment);
    return attachment;
  }
}

/** All that decides what a bot does. */
const contentOf = ({ bundle, preset, manifest, manifestHash, bundleHash, params }: PreparedBot): JsonObject => ({
  // That of a preset is shown by get_preset.
  ...(!preset && { inline_code: bundle.source }),
  name: manifest.name,
  version: manifest.version,
  params,
  code_hash: bundle.codeHash,
  manifest_hash: manifestHash,
  bundle_hash: bundleHash,
});
