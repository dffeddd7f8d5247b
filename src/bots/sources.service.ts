import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BotRoster } from '../channels/bot-roster.js';
import { isoTime } from '../kernel/clock.js';
import { Attachments } from './attachments.service.js';
import { BotCode } from './bot-code.entity.js';
import { Verdicts } from './moderation/verdicts.service.js';

/** What members may know of the bots in their channel: all of it. */
@Injectable()
export class Sources {
  constructor(
    private readonly attachments: Attachments,
    private readonly verdicts: Verdicts,
    roster: BotRoster,
  ) {
    roster.toldBy((tx, channelId) => this.botsOf(tx, channelId));
  }

  async of(tx: EntityManager, codeHash: string): Promise<string> {
    return (await tx.findOneByOrFail(BotCode, { codeHash })).source;
  }

  private async botsOf(tx: EntityManager, channelId: string) {
    const attachments = await this.attachments.seatedIn(tx, channelId);
    const runs = await Promise.all(attachments.map((attachment) => this.verdicts.mayRun(tx, attachment)));
    return attachments.map((attachment, i) => ({
      bot_id: attachment.botId,
      slot_id: attachment.slotId,
      name: attachment.name,
      version: attachment.version,
      manifest: attachment.manifest(),
      code_hash: attachment.codeHash,
      status: attachment.stoppedFor ? 'stopped' : runs[i] ? 'active' : 'waiting',
      ...(attachment.stoppedFor && { stopped_for: attachment.stoppedFor }),
      created_at: isoTime(attachment.attachedAt),
      state_version: attachment.stateVersion,
    }));
  }
}
