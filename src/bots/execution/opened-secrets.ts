import { Inject, Injectable } from '@nestjs/common';
import { ConfigError } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import { SealBrokenError } from '../../platform/secrets/sealing.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { BotSecrets, type Secrets } from '../secrets/bot-secrets.service.js';

/** The secrets of bots, opened for one hook. */
@Injectable()
export class OpenedSecrets {
  constructor(
    private readonly database: Database,
    private readonly secrets: BotSecrets,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Undefined if this server has lost the key that sealed them. The operator is notified, and can restore it. */
  async of({ channelId, botId }: Attachment): Promise<Secrets | undefined> {
    try {
      return await this.secrets.of(this.database.read, { channelId, botId });
    } catch (error) {
      if (!(error instanceof SealBrokenError || error instanceof ConfigError)) throw error;
      this.log.error({ channel: channelId, bot: botId, err: error }, 'the secrets of a bot cannot be opened');
      return undefined;
    }
  }
}
