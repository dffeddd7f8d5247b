import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Channels } from '../../channels/channels.service.js';
import type { Slot } from '../../channels/slot.entity.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { ChannelLog } from '../../messaging/log.service.js';
import type { Attachment } from './attachment.entity.js';
import { Attachments } from './attachments.service.js';
import type { PreparedBot } from './bot-preparation.js';
import { BotReleases } from './bot-releases.service.js';
import { NewAttachments } from './new-attachments.service.js';

/** Puts a bot into a slot, removes the bot that was there, and finds the bot of a slot. */
@Injectable()
export class BotSlots {
  constructor(
    private readonly channels: Channels,
    private readonly attachments: Attachments,
    private readonly newAttachments: NewAttachments,
    private readonly releases: BotReleases,
    private readonly log: ChannelLog,
  ) {}

  /** Throws SLOT_ALREADY_FILLED if a member holds the slot, and the errors of BotAdmission. */
  async put(tx: EntityManager, slot: Slot, bot: PreparedBot, caller: Caller) {
    if (slot.accountId) throw new DomainError('SLOT_ALREADY_FILLED');
    const { channelId, slotId } = slot;
    const before = await this.release(tx, slot);
    await this.channels.makeBotSlot(tx, slot);
    const [after] = await this.newAttachments.attachAll(tx, channelId, [[slot, bot]], caller);
    if (!before || !after) return;
    const hashes = { old_hash: before.codeHash, new_hash: after.codeHash };
    const body = { type: 'bot_changed', slot_id: slotId, ...hashes };
    await this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
  }

  /** Throws BOT_NOT_FOUND if the slot has no bot. */
  async empty(tx: EntityManager, slot: Slot) {
    if (!(await this.release(tx, slot))) throw new DomainError('BOT_NOT_FOUND');
    await this.channels.freeBotSlot(tx, slot);
  }

  /** The bot of the slot, even if it was stopped; null if there is none. */
  async botIn(tx: EntityManager, { channelId, botId }: Slot): Promise<Attachment | null> {
    return botId ? this.attachments.find(tx, channelId, botId) : null;
  }

  private async release(tx: EntityManager, slot: Slot): Promise<Attachment | null> {
    const attachment = await this.botIn(tx, slot);
    if (attachment) await this.releases.release(tx, attachment);
    return attachment;
  }
}
