import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Runners } from '../../runtime/runners.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { Attachments } from '../attachments/attachments.service.js';
import { HookClaims } from './hook-claims.service.js';

/** The bots whose hooks this process runs. */
@Injectable()
export class OwnBots {
  constructor(
    private readonly database: Database,
    private readonly attachments: Attachments,
    private readonly claims: HookClaims,
    private readonly runners: Runners,
  ) {}

  /** A bot as it is now. `released`: it runs no more hooks. `elsewhere`: another process runs them. */
  async find(bot: Pick<Attachment, 'channelId' | 'botId'>): Promise<Attachment | 'released' | 'elsewhere'> {
    const { channelId, botId } = bot;
    const attachment = await this.attachments.find(this.database.read, channelId, botId);
    if (!attachment || attachment.removedAt !== null) {
      this.claims.forget(bot);
      // Another process may have released it.
      this.runners.forget({ channel_id: channelId, bot_id: botId });
      return 'released';
    }
    return (await this.claims.isOurs(bot)) ? attachment : 'elsewhere';
  }
}
