import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { Config } from '../../platform/config.js';
import { Database } from '../../platform/database.js';
import { Attachment } from '../attachment.entity.js';
import { BotCode } from '../bot-code.entity.js';
import { Presets } from '../presets.service.js';
import { Verdicts } from './verdicts.service.js';

/** Who brought the code that was not sent by anybody. */
export const SERVER = 'server';

/**
 * What holds of code from the start: presets count as allowed until an admin says something else, and bots that began to
 * wait for an admin when the server was started in review mode say so.
 */
@Injectable()
export class ShippedCode implements OnApplicationBootstrap {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly database: Database,
    private readonly presets: Presets,
    private readonly verdicts: Verdicts,
  ) {}

  async onApplicationBootstrap() {
    await this.database.write(async (tx) => {
      for (const { bundle } of this.presets.all()) await this.enter(tx, bundle);
    });
    if (this.config.moderation === 'open') return;
    const waiting = await this.uncleared(this.database.read);
    for (const bot of waiting) await this.database.write((tx) => this.verdicts.announceWait(tx, bot));
  }

  private async enter(
    tx: EntityManager,
    { codeHash, language, source }: Pick<BotCode, 'codeHash' | 'language' | 'source'>,
  ) {
    const now = this.clock.now();
    const allowed = { status: 'allowed', clearedAt: now } as const;
    const { affected } = await tx.update(BotCode, { codeHash, status: 'unseen' }, allowed);
    if (affected || (await tx.existsBy(BotCode, { codeHash }))) return;
    // On nobody's account: it is the server's own.
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
