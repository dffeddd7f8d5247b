import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BotRoster } from '../../channels/bot-roster.js';
import { slotsOf } from '../../channels/channel-access.service.js';
import { isoTime } from '../../kernel/clock.js';
import { Verdicts } from '../code/verdicts.service.js';
import { BotSecrets } from '../secrets/bot-secrets.service.js';
import type { Attachment } from './attachment.entity.js';
import { Attachments } from './attachments.service.js';

/** The bots of a channel as members see them: with code, manifest and settings. */
@Injectable()
export class ChannelBots extends BotRoster {
  constructor(
    private readonly attachments: Attachments,
    private readonly secrets: BotSecrets,
    private readonly verdicts: Verdicts,
  ) {
    super();
  }

  async of(tx: EntityManager, channelId: string) {
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
