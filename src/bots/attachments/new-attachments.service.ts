import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { botToken } from '../../channels/bot-token.js';
import { Channels } from '../../channels/channels.service.js';
import type { Slot } from '../../channels/slot.entity.js';
import type { Caller } from '../../kernel/caller.js';
import { BotSecrets } from '../secrets/bot-secrets.service.js';
import { AttachNotices } from './attach-notices.js';
import type { Attachment } from './attachment.entity.js';
import { AttachmentStore } from './attachment-store.service.js';
import { BotAdmission } from './bot-admission.js';
import type { PreparedBot } from './bot-preparation.js';
import { Rounds } from './rounds.service.js';

/** Attaches bots to slots and announces the hashes of their code in the same write. */
@Injectable()
export class NewAttachments {
  constructor(
    private readonly channels: Channels,
    private readonly admission: BotAdmission,
    private readonly secrets: BotSecrets,
    private readonly rounds: Rounds,
    private readonly notices: AttachNotices,
    private readonly store: AttachmentStore,
  ) {}

  /**
   * Announces all bots, then attaches one after another. `on_init` is the first hook of each, after the commit. If one
   * of them may not be attached, it throws, and none is attached.
   */
  async attachAll(
    tx: EntityManager,
    channelId: string,
    bots: readonly [Slot, PreparedBot][],
    caller: Caller,
  ): Promise<Attachment[]> {
    if (!bots.length) return [];
    const { channel } = await this.channels.withSlots(tx, channelId);
    const prepared = bots.map(([, bot]) => bot);
    await this.admission.assertMayAttach(tx, channel, prepared, caller.accountId);
    await this.notices.announceBots(tx, channelId, bots);
    const attached: Attachment[] = [];
    for (const [slot, bot] of bots) attached.push(await this.attach(tx, slot, bot, caller));
    return attached;
  }

  private async attach(tx: EntityManager, slot: Slot, bot: PreparedBot, { accountId }: Caller): Promise<Attachment> {
    const { channelId } = slot;
    const number = await this.store.countIn(tx, channelId);
    const botId = `bot_${botToken(bot.manifest.name)}_${number}`;
    await this.secrets.keep(tx, { channelId, botId }, bot.env);
    const seedCommit = await this.rounds.begin(tx, { channelId, botId }, 1);
    const initSeq = await this.notices.attached(tx, { slot, botId, bot, seedCommit });
    const attachment = await this.store.keep(tx, bot, { channelId, slotId: slot.slotId, botId, initSeq, accountId });
    await this.channels.seatBot(tx, slot, botId, bot.manifest.name);
    await this.notices.described(tx, attachment, bot);
    return attachment;
  }
}
