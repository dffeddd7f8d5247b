import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { slotsOf } from '../channels/access.service.js';
import { BotRoster } from '../channels/bot-roster.js';
import { isoTime } from '../kernel/clock.js';
import type { Attachment } from './attachment.entity.js';
import { Attachments } from './attachments.service.js';
import { BotCode } from './bot-code.entity.js';
import { Verdicts } from './moderation/verdicts.service.js';
import { BotSecrets } from './secrets/bot-secrets.service.js';

/** What members may know of the bots in their channel: all of it. */
@Injectable()
export class Sources {
  constructor(
    private readonly attachments: Attachments,
    private readonly secrets: BotSecrets,
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
    const admins = new Set((await slotsOf(tx, channelId)).flatMap(({ admin, botId }) => (admin && botId) || []));
    return Promise.all(attachments.map((attachment) => this.infoOf(tx, attachment, admins.has(attachment.botId))));
  }

  private async infoOf(tx: EntityManager, attachment: Attachment, isAdmin: boolean) {
    const manifest = attachment.manifest();
    return {
      bot_id: attachment.botId,
      slot_id: attachment.slotId,
      name: attachment.name,
      version: attachment.version,
      manifest,
      code_hash: attachment.codeHash,
      status: await this.statusOf(tx, attachment),
      ...(attachment.stoppedFor && { stopped_for: attachment.stoppedFor }),
      env_keys: await this.secrets.names(tx, attachment),
      may_update_channel: isAdmin && manifest.permissions.update_channel,
      created_at: isoTime(attachment.attachedAt),
      state_version: attachment.stateVersion,
    };
  }

  private async statusOf(tx: EntityManager, attachment: Attachment) {
    if (attachment.stoppedFor) return 'stopped';
    if (!(await this.verdicts.mayRun(tx, attachment))) return 'waiting';
    return attachment.pausedAt !== null ? 'paused' : 'active';
  }
}
