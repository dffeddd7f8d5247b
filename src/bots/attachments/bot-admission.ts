import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Channel } from '../../channels/channel.entity.js';
import { DomainError } from '../../kernel/errors.js';
import { Config } from '../../platform/config/config.js';
import { assertHoldsFewer } from '../../platform/limits/holding.js';
import { Verdicts } from '../code/verdicts.service.js';
import { BotSecrets } from '../secrets/bot-secrets.service.js';
import { AttachmentStore } from './attachment-store.service.js';
import { Attachments } from './attachments.service.js';
import type { PreparedBot } from './bot-preparation.js';
import { assertSuitsMode } from './mode-rules.js';

/** Whether bots may be attached to a channel: its mode, secrets, decisions about the code, the quota of bots, and storage. */
@Injectable()
export class BotAdmission {
  constructor(
    private readonly config: Config,
    private readonly attachments: Attachments,
    private readonly secrets: BotSecrets,
    private readonly verdicts: Verdicts,
    private readonly store: AttachmentStore,
  ) {}

  /** Throws a DomainError if one of the bots may not be attached. Called within the write that attaches them. */
  async assertMayAttach(tx: EntityManager, channel: Channel, bots: readonly PreparedBot[], accountId: string) {
    const channelId = channel.id;
    for (const bot of bots) assertSuitsMode(channel.mode, bot);
    await this.assertSecretsAllowed(tx, channel, bots);
    for (const { env, searched } of bots) await this.secrets.assertNotPostedSince(tx, env, channelId, searched);
    for (const { bundle } of bots) await this.verdicts.assertMayAttach(tx, bundle.codeHash);
    const botCount = await this.attachments.countForCreatorOf(tx, channelId);
    assertHoldsFewer(this.config.limits, 'bots', botCount + bots.length);
    await this.store.assertRoomFor(tx, bots, accountId);
  }

  /**
   * In a contest no bot has secrets, because only a person who knows them could repeat its runs. It does not matter
   * whether the contest or the bot came first.
   */
  private async assertSecretsAllowed(tx: EntityManager, channel: Channel, bots: readonly PreparedBot[]) {
    const present = await this.attachments.activeIn(tx, channel.id);
    const manifests = [...bots.map(({ manifest }) => manifest), ...present.map((bot) => bot.manifest())];
    if (!channel.distinctMembers && !manifests.some(({ binding }) => binding)) return;
    const names = await Promise.all(present.map((bot) => this.secrets.names(tx, bot)));
    const hasSecrets = bots.some(({ env }) => Object.keys(env).length > 0) || names.some(({ length }) => length > 0);
    if (hasSecrets) throw new DomainError('SECRETS_NOT_ALLOWED');
  }
}
