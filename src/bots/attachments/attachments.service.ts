import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { slotsOf } from '../../channels/channel-access.service.js';
import { Channels } from '../../channels/channels.service.js';
import { Statement } from '../../platform/database/statements.js';
import { Attachment } from './attachment.entity.js';

export type AtWork = Pick<Attachment, 'channelId' | 'botId' | 'cursor'>;

/** After every entry of a channel this is asked. */
const AT_WORK = new Statement<{ channelId: string }, AtWork>(
  `SELECT channel_id AS "channelId", bot_id AS "botId", cursor FROM attachment
  WHERE channel_id = :channelId AND removed_at IS NULL ORDER BY init_seq`,
);

/** Which bots are attached to a channel, and which of them still run hooks ("at work"). Only reads. */
@Injectable()
export class Attachments {
  constructor(private readonly channels: Channels) {}

  /** The bots at work in a channel, in the order in which they were attached. */
  activeIn(tx: EntityManager, channelId: string): Promise<Attachment[]> {
    return tx.find(Attachment, { where: { channelId, removedAt: IsNull() }, order: { initSeq: 'ASC' } });
  }

  /** The same bots without code and state, for callers that need only how far each has processed the log. */
  atWorkIn(tx: EntityManager, channelId: string): Promise<AtWork[]> {
    return AT_WORK.run(tx, { channelId });
  }

  /** The bots at work, and those that an admin of the server stopped and that are still in their slot. */
  async seatedIn(tx: EntityManager, channelId: string): Promise<Attachment[]> {
    const slots = await slotsOf(tx, channelId);
    const botIds = slots.flatMap(({ botId }) => botId ?? []);
    if (!botIds.length) return [];
    const where = { channelId, botId: In(botIds) };
    return tx.find(Attachment, {
      where: [
        { ...where, removedAt: IsNull() },
        { ...where, stoppedFor: Not(IsNull()) },
      ],
      order: { initSeq: 'ASC' },
    });
  }

  /** Every channel in which a bot is at work. */
  async channelsAtWork(tx: EntityManager): Promise<string[]> {
    const rows = await tx
      .createQueryBuilder(Attachment, 'attachment')
      .select('DISTINCT attachment.channelId', 'id')
      .where('attachment.removedAt IS NULL')
      .getRawMany<{ id: string }>();
    return rows.map(({ id }) => id);
  }

  /**
   * The number of bots at work in all open channels of the account that created this channel, no matter who attached
   * them.
   */
  async countForCreatorOf(tx: EntityManager, channelId: string): Promise<number> {
    const channelIds = await this.channels.openOfItsCreator(tx, channelId);
    return tx.countBy(Attachment, { channelId: In(channelIds), removedAt: IsNull() });
  }

  /** A bot that is or was attached; null if the channel never had it. */
  find(tx: EntityManager, channelId: string, botId: string): Promise<Attachment | null> {
    return tx.findOneBy(Attachment, { channelId, botId });
  }
}
