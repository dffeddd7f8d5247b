import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { Events } from '../../platform/events.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { BotReleases } from '../attachments/bot-releases.service.js';
import { RoundOver } from '../attachments/rounds.service.js';
import { Voids } from '../play/voids.service.js';
import type { Decision } from './decision.entity.js';
import { newestDecision } from './newest-decision.js';

/** Bots whose code an admin of the server has blocked: stopped immediately, or spared until their round is over. */
@Injectable()
export class BlockedBots {
  constructor(
    private readonly voids: Voids,
    private readonly releases: BotReleases,
    events: Events,
  ) {
    events.on(RoundOver, ({ channelId, botId }, tx) => this.stopSpared(tx, channelId, botId));
  }

  /**
   * Voids the round of the bot and reveals its seed. The bot stays in its slot, so that members see why it was stopped.
   */
  async stop(tx: EntityManager, bot: Attachment, { reasonCode }: Decision) {
    const { channelId, botId } = bot;
    // First, because the end of the round stops a spared bot.
    await tx.update(Attachment, { channelId, botId }, { sparedAt: null });
    await this.voids.void(tx, bot, { cause: 'decision', reason: 'code_blocked' });
    await this.releases.release(tx, bot);
    await tx.update(Attachment, { channelId, botId }, { stoppedFor: reasonCode });
  }

  /** The bot continues until its round is over or a second moderator makes the same decision. */
  async spare(tx: EntityManager, { channelId, botId }: Attachment, { decidedAt }: Decision) {
    await tx.update(Attachment, { channelId, botId }, { sparedAt: decidedAt });
  }

  private async stopSpared(tx: EntityManager, channelId: string, botId: string) {
    const bot = await tx.findOneBy(Attachment, { channelId, botId, sparedAt: Not(IsNull()), removedAt: IsNull() });
    const decision = bot && (await newestDecision(tx, bot.codeHash));
    if (!bot || !decision) return;
    await this.releases.release(tx, bot);
    await tx.update(Attachment, { channelId, botId }, { stoppedFor: decision.reasonCode, sparedAt: null });
  }
}
