import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { Channels } from '../../channels/channels.service.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Attachment } from '../attachments/attachment.entity.js';
import type { Decision } from './decision.entity.js';
import { DECISION_REASONS } from './reasons.js';

/** The bots affected by a decision about a source, and the notices to their channels. */
@Injectable()
export class AffectedBots {
  constructor(
    private readonly channels: Channels,
    private readonly log: ChannelLog,
  ) {}

  /** Bots of this source that members of open channels see: at work, or stopped and still in their slot. */
  async of(tx: EntityManager, codeHash: string): Promise<Attachment[]> {
    const bots = await tx.find(Attachment, {
      where: [
        { codeHash, removedAt: IsNull() },
        { codeHash, stoppedFor: Not(IsNull()) },
      ],
      order: { attachedAt: 'ASC', botId: 'ASC' },
    });
    const listed: Attachment[] = [];
    for (const bot of bots) {
      const { channel, slots } = await this.channels.withSlots(tx, bot.channelId);
      if (channel.isOpen && slots.some(({ botId }) => botId === bot.botId)) listed.push(bot);
    }
    return listed;
  }

  /** `isSpared`: the bot continues until a second moderator makes the same decision. */
  async tell(tx: EntityManager, { channelId, botId }: Attachment, decision: Decision, isSpared: boolean) {
    const { codeHash, verdict, reasonCode, note } = decision;
    await this.log.append(tx, channelId, {
      kind: 'system',
      from: 'system',
      body: {
        type: 'bot:decision',
        bot_id: botId,
        code_hash: codeHash,
        decision: verdict,
        reason_code: reasonCode,
        reason: DECISION_REASONS[reasonCode],
        ...(note && { note }),
        ...(isSpared && { awaits_second: true }),
      },
    });
  }
}
