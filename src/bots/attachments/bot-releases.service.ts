import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChannelClosing } from '../../channels/channel.events.js';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { Events } from '../../platform/events.js';
import { Runners } from '../../runtime/runners.js';
import { BotSecrets } from '../secrets/bot-secrets.service.js';
import { Attachment } from './attachment.entity.js';
import { Attachments } from './attachments.service.js';
import { BotReleased } from './bot-released.js';

/** Releases bots: one that is removed from its slot or stopped, and every bot of a channel that closes. */
@Injectable()
export class BotReleases {
  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly attachments: Attachments,
    private readonly secrets: BotSecrets,
    private readonly runners: Runners,
    private readonly events: Events,
  ) {
    events.on(ChannelClosing, async ({ channelId }, tx) => {
      for (const attachment of await this.attachments.activeIn(tx, channelId)) await this.release(tx, attachment);
    });
  }

  /** The bot runs no more hooks and its secrets are deleted. Listeners to BotReleased end its timers and reveal its open seeds. */
  async release(tx: EntityManager, attachment: Attachment) {
    const { channelId, botId } = attachment;
    attachment.removedAt = this.clock.now();
    await tx.update(Attachment, { channelId, botId }, { removedAt: attachment.removedAt });
    await this.events.announce(new BotReleased(channelId, botId), tx);
    await this.secrets.forget(tx, attachment);
    this.database.afterCommit(() => this.runners.forget({ channel_id: channelId, bot_id: botId }));
  }
}
