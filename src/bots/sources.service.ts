import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BotRoster } from '../channels/bot-roster.js';
import { isoTime } from '../kernel/clock.js';
import { Attachments } from './attachments.service.js';
import { BotCode } from './bot-code.entity.js';

/** What members may know of the bots in their channel: all of it. */
@Injectable()
export class Sources {
  constructor(
    private readonly attachments: Attachments,
    roster: BotRoster,
  ) {
    roster.toldBy((tx, channelId) => this.botsOf(tx, channelId));
  }

  async of(tx: EntityManager, codeHash: string): Promise<string> {
    return (await tx.findOneByOrFail(BotCode, { codeHash })).source;
  }

  private async botsOf(tx: EntityManager, channelId: string) {
    const attachments = await this.attachments.activeIn(tx, channelId);
    return attachments.map((attachment) => ({
      bot_id: attachment.botId,
      slot_id: attachment.slotId,
      name: attachment.name,
      version: attachment.version,
      manifest: attachment.manifest(),
      code_hash: attachment.codeHash,
      created_at: isoTime(attachment.attachedAt),
      state_version: attachment.stateVersion,
    }));
  }
}
