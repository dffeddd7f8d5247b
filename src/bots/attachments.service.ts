import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { KIT_HASH } from '../../bot-sdk/kit.js';
import { botToken } from '../channels/bot-token.js';
import { ChannelClosing } from '../channels/channel.events.js';
import { Channels } from '../channels/channels.service.js';
import type { Slot } from '../channels/slot.entity.js';
import { Storage } from '../channels/storage/storage.service.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import { ChannelLog } from '../messaging/log.service.js';
import { Config } from '../platform/config.js';
import { Database } from '../platform/database.js';
import { Events } from '../platform/events.js';
import { mustHoldFewer } from '../platform/limits/holding.js';
import { Runners } from '../runtime/runners.js';
import { Attachment } from './attachment.entity.js';
import { BotCode } from './bot-code.entity.js';
import type { PreparedBot } from './bot-preparation.js';
import { BotTimer } from './bot-timer.entity.js';
import type { GenuineCode } from './executables.js';
import { ExecutedTexts } from './executed-texts.service.js';
import { mustSuit } from './mode-rules.js';
import { Verdicts } from './moderation/verdicts.service.js';
import { PendingAnswer } from './play/pending-answer.entity.js';
import { Rounds } from './rounds.service.js';
import { BotSecrets } from './secrets/bot-secrets.service.js';

export type AtWork = Pick<Attachment, 'channelId' | 'botId' | 'cursor'>;

/** Binding bots to slots and letting them go. What is bound is announced with the hashes of what will run. */
@Injectable()
export class Attachments {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly log: ChannelLog,
    private readonly executed: ExecutedTexts,
    private readonly rounds: Rounds,
    private readonly runners: Runners,
    private readonly secrets: BotSecrets,
    private readonly verdicts: Verdicts,
    private readonly storage: Storage,
    events: Events,
  ) {
    events.on(ChannelClosing, async ({ channelId }, tx) => {
      for (const attachment of await this.activeIn(tx, channelId)) await this.release(tx, attachment);
    });
  }

  activeIn(tx: EntityManager, channelId: string): Promise<Attachment[]> {
    return tx.find(Attachment, { where: { channelId, removedAt: IsNull() }, order: { initSeq: 'ASC' } });
  }

  /** The same without their code and their state, for who asks only how far they are. */
  atWorkIn(tx: EntityManager, channelId: string): Promise<AtWork[]> {
    return tx.find(Attachment, {
      where: { channelId, removedAt: IsNull() },
      order: { initSeq: 'ASC' },
      select: { channelId: true, botId: true, cursor: true },
    });
  }

  /** Those at work, and those that were stopped and are still in their slot. */
  async seatedIn(tx: EntityManager, channelId: string): Promise<Attachment[]> {
    const { slots } = await this.channels.withSlots(tx, channelId);
    const botIds = slots.flatMap(({ botId }) => botId ?? []);
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

  find(tx: EntityManager, channelId: string, botId: string): Promise<Attachment | null> {
    return tx.findOneBy(Attachment, { channelId, botId });
  }

  /** Says which bots come, then binds each; `on_init` is their first hook, after the commit. */
  async attachAll(tx: EntityManager, channelId: string, bots: readonly [Slot, PreparedBot][], caller: Caller) {
    if (!bots.length) return [];
    const { channel } = await this.channels.withSlots(tx, channelId);
    for (const [, bot] of bots) mustSuit(channel.mode, bot);
    if (channel.distinctMembers || (await this.isBinding(tx, channelId, bots))) {
      await this.assertNoSecrets(tx, channelId, bots);
    }
    for (const [, { env, searched }] of bots) await this.secrets.assertStillUnsaid(tx, env, channelId, searched);
    for (const [, { bundle }] of bots) await this.verdicts.mustAttach(tx, bundle.codeHash);
    mustHoldFewer(this.config.limits, 'bots', (await this.atWorkFor(tx, channelId)) + bots.length);
    const bytes = bots.reduce((sum, [, bot]) => sum + Buffer.byteLength(bot.bundle.source) + bytesOf(bot), 0);
    await this.storage.assertMayKeep(tx, caller.accountId, bytes);
    const announced = bots.map(
      ([
        slot,
        {
          manifest: { name, version, summary },
        },
      ]) => ({
        slot_id: slot.slotId,
        name,
        version,
        summary,
      }),
    );
    await this.say(tx, channelId, { type: 'bots_announced', bots: announced });
    const attached: Attachment[] = [];
    for (const [slot, bot] of bots) attached.push(await this.attach(tx, channelId, slot, bot, caller));
    return attached;
  }

  /** The same code, on another kit or engine than before: said in the channel before it first runs so. */
  async renew(attachment: Attachment, { bundleHash, engine }: Pick<GenuineCode, 'bundleHash' | 'engine'>) {
    const { channelId, botId, codeHash } = attachment;
    const made = { bundleHash, kitHash: KIT_HASH, engine };
    await this.database.write(async (tx) => {
      if (!(await tx.existsBy(Attachment, { channelId, botId, removedAt: IsNull() }))) return;
      const hashes = { code_hash: codeHash, old_bundle_hash: attachment.bundleHash, bundle_hash: bundleHash };
      await this.say(tx, channelId, { type: 'bot:runtime', bot_id: botId, ...hashes, runtime: engine });
      await tx.update(Attachment, { channelId, botId }, made);
      await this.executed.keep(tx, { ...made, program: () => attachment.program() });
    });
    Object.assign(attachment, made);
  }

  /** Lets a bot go: its timers end, its open seeds are revealed, and it hears nothing any more. */
  async release(tx: EntityManager, attachment: Attachment) {
    const { channelId, botId } = attachment;
    attachment.removedAt = this.clock.now();
    await tx.update(Attachment, { channelId, botId }, { removedAt: attachment.removedAt });
    await tx.delete(BotTimer, { channelId, botId });
    // The run that was under way is never committed.
    await tx.delete(PendingAnswer, { channelId, botId });
    await this.secrets.forget(tx, attachment);
    await this.rounds.revealOpen(tx, attachment);
    this.database.afterCommit(() => this.runners.forget({ channel_id: channelId, bot_id: botId }));
  }

  /** How many bots work in the channels of whoever made this one, whoever attached them. */
  private atWorkFor(tx: EntityManager, channelId: string): Promise<number> {
    return tx
      .createQueryBuilder(Attachment, 'attachment')
      .innerJoin('channel', 'channel', 'channel.id = attachment.channelId')
      .innerJoin('channel', 'this', 'this.creator_id = channel.creator_id')
      .where('this.id = :channelId AND attachment.removedAt IS NULL', { channelId })
      .getCount();
  }

  /** Whether one of the bots, or one that is there already, makes the channel a contest. */
  private async isBinding(tx: EntityManager, channelId: string, bots: readonly [Slot, PreparedBot][]) {
    const there = await this.activeIn(tx, channelId);
    return [...bots.map(([, bot]) => bot.manifest), ...there.map((bot) => bot.manifest())].some((each) => each.binding);
  }

  /** No bot with secrets sits in a contest, whichever came first: nobody else could run it again. */
  private async assertNoSecrets(tx: EntityManager, channelId: string, bots: readonly [Slot, PreparedBot][]) {
    const there = await this.activeIn(tx, channelId);
    const names = await Promise.all(there.map((bot) => this.secrets.names(tx, bot)));
    const hasSecrets =
      bots.some(([, { env }]) => Object.keys(env).length > 0) || names.some(({ length }) => length > 0);
    if (hasSecrets) throw new DomainError('SECRETS_NOT_ALLOWED');
  }

  private async attach(tx: EntityManager, channelId: string, slot: Slot, bot: PreparedBot, caller: Caller) {
    const { bundle, manifest, manifestHash } = bot;
    await this.keepSource(tx, bot, caller);
    const number = await tx.countBy(Attachment, { channelId });
    const botId = `bot_${botToken(manifest.name)}_${number}`;
    await this.secrets.keep(tx, { channelId, botId }, bot.env);
    const envKeys = Object.keys(bot.env).sort();
    const seed_commit = await this.rounds.begin(tx, { channelId, botId }, 1);
    const { seq } = await this.say(tx, channelId, {
      type: 'bot:attach',
      bot_id: botId,
      slot_id: slot.slotId,
      name: manifest.name,
      version: manifest.version,
      language: bundle.language,
      code_hash: bundle.codeHash,
      manifest_hash: manifestHash,
      bundle_hash: bot.bundleHash,
      runtime: bot.engine,
      params: bot.params,
      ...(envKeys.length && { env_keys: envKeys }),
      round: 1,
      seed_commit,
    });
    const attachment = tx.create(Attachment, {
      channelId,
      botId,
      slotId: slot.slotId,
      name: manifest.name,
      version: manifest.version,
      language: bundle.language,
      preset: bot.preset,
      codeHash: bundle.codeHash,
      bundleHash: bot.bundleHash,
      executed: bundle.executed,
      className: bundle.className,
      bundledJson: canonicalJson({ ...bundle.bundled }),
      process: bot.needsProcess ? 'fresh' : 'shared',
      kitHash: KIT_HASH,
      engine: bot.engine,
      manifestHash,
      manifestJson: canonicalJson(manifest),
      paramsJson: canonicalJson(bot.params),
      stateJson: '{}',
      stateVersion: 0,
      initSeq: seq,
      cursor: seq - 1,
      runs: 0,
      round: 1,
      unattended: 0,
      accountId: caller.accountId,
      strikes: 0,
      attachedAt: this.clock.now(),
      removedAt: null,
      sparedAt: null,
      waitToldAt: null,
    });
    await tx.insert(Attachment, attachment);
    await this.executed.keep(tx, attachment);
    await this.storage.charge(tx, channelId, caller.accountId, bytesOf(bot));
    await this.channels.seatBot(tx, slot, botId, manifest.name);
    await this.say(tx, channelId, {
      type: 'bot:manifest',
      bot_id: botId,
      manifest_excerpt: excerpt(manifest),
      manifest: { ...manifest },
    });
    await this.verdicts.announceWait(tx, attachment);
    return attachment;
  }

  private async keepSource(tx: EntityManager, { bundle }: PreparedBot, caller: Caller) {
    const { codeHash, language, source } = bundle;
    if (await tx.existsBy(BotCode, { codeHash })) return;
    await tx.insert(BotCode, {
      codeHash,
      language,
      source,
      firstAccountId: caller.accountId,
      firstAt: this.clock.now(),
    });
    await this.storage.chargeAccount(tx, caller.accountId, SOURCE_BYTES + Buffer.byteLength(source));
  }

  private say(tx: EntityManager, channelId: string, body: object) {
    return this.log.append(tx, channelId, { kind: 'system', from: 'system', body: body as JsonObject });
  }
}

/** What a source takes beside its text. */
const SOURCE_BYTES = 300;
/** What an attachment takes beside its texts. */
const ATTACHMENT_BYTES = 2_000;

function bytesOf({ bundle, manifest, params }: PreparedBot): number {
  const texts = [bundle.executed, canonicalJson({ ...bundle.bundled }), canonicalJson(manifest), canonicalJson(params)];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), ATTACHMENT_BYTES);
}

const excerpt = ({ name, version, summary, hooks, emits, permissions }: PreparedBot['manifest']) => ({
  name,
  version,
  summary,
  hooks,
  emits,
  permissions,
});
