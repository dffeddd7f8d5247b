import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { KIT_HASH } from '../../../bot-sdk/kit.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Database } from '../../platform/database/database.js';
import type { GenuineCode } from '../code/executables.js';
import { ExecutedTexts } from '../code/executed-texts.service.js';
import { Attachment } from './attachment.entity.js';

/**
 * Bots whose code is unchanged, but which this server runs with another kit or engine than was announced to their
 * channel.
 */
@Injectable()
export class RuntimeChanges {
  constructor(
    private readonly database: Database,
    private readonly log: ChannelLog,
    private readonly executed: ExecutedTexts,
  ) {}

  /**
   * Announces the new kit or engine to the channel and stores what is executed from now on. Called before the first
   * hook that uses them.
   */
  async announce(attachment: Attachment, { bundleHash, engine }: Pick<GenuineCode, 'bundleHash' | 'engine'>) {
    const { channelId, botId, codeHash } = attachment;
    const runtime = { bundleHash, kitHash: KIT_HASH, engine };
    await this.database.write(async (tx) => {
      if (!(await tx.existsBy(Attachment, { channelId, botId, removedAt: IsNull() }))) return;
      const hashes = { code_hash: codeHash, old_bundle_hash: attachment.bundleHash, bundle_hash: bundleHash };
      const body = { type: 'bot:runtime', bot_id: botId, ...hashes, runtime: engine };
      await this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
      await tx.update(Attachment, { channelId, botId }, runtime);
      await this.executed.keep(tx, { ...runtime, program: () => attachment.program() });
    }, channelId);
    Object.assign(attachment, runtime);
  }
}
