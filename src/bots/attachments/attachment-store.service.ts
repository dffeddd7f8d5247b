import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import { KIT_HASH } from '../../../bot-sdk/kit.js';
import { Storage } from '../../channels/storage/storage.service.js';
import { Clock } from '../../kernel/clock.js';
import { BotCode } from '../code/bot-code.entity.js';
import { ExecutedTexts } from '../code/executed-texts.service.js';
import { Attachment } from './attachment.entity.js';
import type { PreparedBot } from './bot-preparation.js';

/** The slot of a bot that is attached, the account that attaches it, and the `seq` of the entry that announces it. */
export type AttachmentPlace = Pick<Attachment, 'channelId' | 'slotId' | 'botId' | 'initSeq' | 'accountId'>;

/**
 * Stores bots that are attached, with their sources and everything that is executed for them. The bytes count for the
 * account that attaches them.
 */
@Injectable()
export class AttachmentStore {
  constructor(
    private readonly clock: Clock,
    private readonly executed: ExecutedTexts,
    private readonly storage: Storage,
  ) {}

  /** Throws STORAGE_QUOTA_REACHED or DISK_SPACE_LOW if the account has no room for all of these bots. */
  async assertRoomFor(tx: EntityManager, bots: readonly PreparedBot[], accountId: string) {
    const bytes = bots.reduce((sum, bot) => sum + Buffer.byteLength(bot.bundle.source) + bytesOf(bot), 0);
    await this.storage.assertMayKeep(tx, accountId, bytes);
  }

  /** How many bots the channel has ever had. */
  countIn(tx: EntityManager, channelId: string): Promise<number> {
    return tx.countBy(Attachment, { channelId });
  }

  async keep(tx: EntityManager, bot: PreparedBot, place: AttachmentPlace): Promise<Attachment> {
    const { channelId, accountId } = place;
    await this.keepSource(tx, bot, accountId);
    const attachment = tx.create(Attachment, {
      ...place,
      ...contentOf(bot),
      ...INITIAL_FIELDS,
      ...this.startOf(place),
    });
    await tx.insert(Attachment, attachment);
    await this.executed.keep(tx, attachment);
    await this.storage.charge(tx, channelId, accountId, bytesOf(bot));
    return attachment;
  }

  private startOf({ initSeq }: AttachmentPlace) {
    return { cursor: initSeq - 1, attachedAt: this.clock.now() };
  }

  /** A source is stored once, and counts for the account that attached it first. */
  private async keepSource(tx: EntityManager, { bundle }: PreparedBot, firstAccountId: string) {
    const { codeHash, language, source } = bundle;
    if (await tx.existsBy(BotCode, { codeHash })) return;
    await tx.insert(BotCode, { codeHash, language, source, firstAccountId, firstAt: this.clock.now() });
    await this.storage.chargeAccount(tx, firstAccountId, SOURCE_BYTES + Buffer.byteLength(source));
  }
}

/** The bytes that a source counts in addition to its text. */
const SOURCE_BYTES = 300;
/** The bytes that an attachment counts in addition to its texts. */
const ATTACHMENT_BYTES = 2_000;

function bytesOf({ bundle, manifest, params }: PreparedBot): number {
  const texts = [bundle.executed, canonicalJson({ ...bundle.bundled }), canonicalJson(manifest), canonicalJson(params)];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), ATTACHMENT_BYTES);
}

/** The fields that describe the bot: its code, manifest and settings. */
const contentOf = (bot: PreparedBot) => ({
  name: bot.manifest.name,
  version: bot.manifest.version,
  language: bot.bundle.language,
  preset: bot.preset,
  codeHash: bot.bundle.codeHash,
  bundleHash: bot.bundleHash,
  executed: bot.bundle.executed,
  className: bot.bundle.className,
  bundledJson: canonicalJson({ ...bot.bundle.bundled }),
  process: bot.needsProcess ? ('fresh' as const) : ('shared' as const),
  kitHash: KIT_HASH,
  engine: bot.engine,
  manifestHash: bot.manifestHash,
  manifestJson: canonicalJson(bot.manifest),
  paramsJson: canonicalJson(bot.params),
  hooksJson: bot.hooks && JSON.stringify(bot.hooks),
  untriedFor: bot.untriedFor,
});

/** The initial values of the fields that change while the bot runs. */
const INITIAL_FIELDS = {
  stateJson: '{}',
  stateVersion: 0,
  runs: 0,
  round: 1,
  unattended: 0,
  strikes: 0,
  removedAt: null,
  sparedAt: null,
  waitToldAt: null,
};
