import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { ReviewNotices } from '../attachments/review-notices.js';
import { BotCode } from '../code/bot-code.entity.js';
import { Presets } from '../code/presets.service.js';

/** The owner recorded for code that ships with the server. */
export const SERVER = 'server';

/**
 * Prepares moderation at the start of the server: presets count as allowed until an admin decides otherwise, and a
 * channel is notified if its bot has to wait because the server now runs in review mode.
 */
@Injectable()
export class ShippedCode implements OnApplicationBootstrap {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly database: Database,
    private readonly presets: Presets,
    private readonly reviews: ReviewNotices,
  ) {}

  async onApplicationBootstrap() {
    await this.database.write(async (tx) => {
      for (const { bundle } of this.presets.all()) await this.enter(tx, bundle);
    });
    if (this.config.moderation === 'open') return;
    const waiting = await this.uncleared(this.database.read);
    for (const bot of waiting) await this.database.write((tx) => this.reviews.announceWait(tx, bot));
  }

  private async enter(
    tx: EntityManager,
    { codeHash, language, source }: Pick<BotCode, 'codeHash' | 'language' | 'source'>,
  ) {
    const now = this.clock.now();
    const allowed = { status: 'allowed', clearedAt: now } as const;
    const { affected } = await tx.update(BotCode, { codeHash, status: 'unseen' }, allowed);
    if (affected || (await tx.existsBy(BotCode, { codeHash }))) return;
    // Charged to no account: the server itself stores it.
    await tx.insert(BotCode, { codeHash, language, source, firstAccountId: SERVER, firstAt: now, ...allowed });
  }

  private uncleared(tx: EntityManager): Promise<Attachment[]> {
    return tx
      .createQueryBuilder(Attachment, 'attachment')
      .innerJoin(BotCode, 'code', 'code.codeHash = attachment.codeHash')
      .where({ removedAt: IsNull() })
      .andWhere('code.clearedAt IS NULL')
      .select(['attachment.channelId', 'attachment.botId', 'attachment.codeHash'])
      .getMany();
  }
}
