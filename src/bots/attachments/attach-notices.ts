import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import type { Slot } from '../../channels/slot.entity.js';
import { ChannelLog } from '../../messaging/log.service.js';
import type { Attachment } from './attachment.entity.js';
import type { PreparedBot } from './bot-preparation.js';
import { ReviewNotices } from './review-notices.js';

/** A bot that is being attached, and the commitment to the seed of its first round. */
export interface BotBeingAttached {
  readonly slot: Slot;
  readonly botId: string;
  readonly bot: PreparedBot;
  readonly seedCommit: string;
}

/** The entries about bots that are attached: their names, the hashes of what runs, and their manifests. */
@Injectable()
export class AttachNotices {
  constructor(
    private readonly log: ChannelLog,
    private readonly reviews: ReviewNotices,
  ) {}

  /** One entry that names all bots attached in this write. */
  async announceBots(tx: EntityManager, channelId: string, bots: readonly [Slot, PreparedBot][]) {
    const announcements = bots.map(([{ slotId }, { manifest }]) => {
      const { name, version, summary } = manifest;
      return { slot_id: slotId, name, version, summary };
    });
    await this.say(tx, channelId, { type: 'bots_announced', bots: announcements });
  }

  /** Returns the `seq` of the `bot:attach` entry, which fires `on_init`. */
  async attached(tx: EntityManager, { slot, botId, bot, seedCommit }: BotBeingAttached): Promise<number> {
    const { bundle, manifest } = bot;
    const envKeys = Object.keys(bot.env).sort();
    const { seq } = await this.say(tx, slot.channelId, {
      type: 'bot:attach',
      bot_id: botId,
      slot_id: slot.slotId,
      name: manifest.name,
      version: manifest.version,
      language: bundle.language,
      code_hash: bundle.codeHash,
      manifest_hash: bot.manifestHash,
      bundle_hash: bot.bundleHash,
      runtime: bot.engine,
      params: bot.params,
      ...(envKeys.length && { env_keys: envKeys }),
      ...(bot.hooks && { hooks: bot.hooks }),
      round: 1,
      seed_commit: seedCommit,
    });
    return seq;
  }

  /** The manifest, warnings of the trial, and whether the bot waits for an admin of the server. */
  async described(tx: EntityManager, attachment: Attachment, { manifest, warnings }: PreparedBot) {
    const { channelId, botId } = attachment;
    await this.say(tx, channelId, {
      type: 'bot:manifest',
      bot_id: botId,
      manifest_excerpt: excerpt(manifest),
      manifest: { ...manifest },
    });
    // Only code that a caller sent has warnings, and it exists only in channels that allow text.
    if (warnings.length) await this.say(tx, channelId, { type: 'bot:trial', bot_id: botId, warnings: [...warnings] });
    await this.reviews.announceWait(tx, attachment);
  }

  private say(tx: EntityManager, channelId: string, body: object) {
    return this.log.append(tx, channelId, { kind: 'system', from: 'system', body: body as JsonObject });
  }
}

const excerpt = ({ name, version, summary, hooks, emits, permissions }: PreparedBot['manifest']) => ({
  name,
  version,
  summary,
  hooks,
  emits,
  permissions,
});
