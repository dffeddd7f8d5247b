import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { KIT_HASH } from '../../bot-sdk/kit.js';
import { botToken } from '../channels/bot-token.js';
import { ChannelClosing } from '../channels/channel.events.js';
import { Channels } from '../channels/channels.service.js';
import type { Slot } from '../channels/slot.entity.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
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
import { mustSuit } from './mode-rules.js';
import { Verdicts } from './moderation/verdicts.service.js';
import { Rounds } from './rounds.service.js';
import { BotSecrets } from './secrets/bot-secrets.service.js';
import { mustHave, mustNotBeTooMany, withoutNulls } from './secrets/env.js';

/** Binding bots to slots and letting them go. What is bound is announced with the hashes of what will run. */
@Injectable()
export class Attachments {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly log: ChannelLog,
    private readonly rounds: Rounds,
    private readonly runners: Runners,
    private readonly secrets: BotSecrets,
    private readonly verdicts: Verdicts,
    events: Events,
  ) {
    events.on(ChannelClosing, async ({ channelId }, tx) => {
      for (const attachment of await this.activeIn(tx, channelId)) await this.release(tx, attachment);
    });
  }

  activeIn(tx: EntityManager, channelId: string): Promise<Attachment[]> {
    return tx.find(Attachment, { where: { channelId, removedAt: IsNull() }, order: { initSeq: 'ASC' } });
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
    for (const [, { bundle }] of bots) await this.verdicts.mustAttach(tx, bundle.codeHash);
    mustHoldFewer(this.config.limits, 'bots', (await this.atWorkFor(tx, channelId)) + bots.length);
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
    });
    Object.assign(attachment, made);
  }

  /** Gives a bot other secrets, from its next hook on. Answers with the names of all that it has now. */
  async setEnv(tx: EntityManager, attachment: Attachment, changes: Record<string, string | null>): Promise<string[]> {
    const before = await this.secrets.ofOrNone(tx, attachment);
    const env = withoutNulls({ ...before, ...changes });
    mustNotBeTooMany(env);
    mustHave(attachment.manifest().needs_env, env);
    await this.secrets.keep(tx, attachment, env);
    return Object.keys(env).sort();
  }

  /** Lets a bot go: its timers end, its open seeds are revealed, and it hears nothing any more. */
  async release(tx: EntityManager, attachment: Attachment) {
    const { channelId, botId } = attachment;
    attachment.removedAt = this.clock.now();
    await tx.update(Attachment, { channelId, botId }, { removedAt: attachment.removedAt });
    await tx.delete(BotTimer, { channelId, botId });
    await this.secrets.forget(tx, attachment);
    await this.rounds.revealOpen(tx, attachment);
    this.database.afterCommit(() => this.runners.forget({ channel_id: channelId, bot_id: botId }));
    const others = await this.activeIn(tx, channelId);
    if (!others.some((other) => other.manifest().seats.distinct_members)) {
      await this.channels.allowSharedAccounts(tx, channelId);
    }
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
      attachedAt: this.clock.now(),
      removedAt: null,
    });
    await tx.insert(Attachment, attachment);
    await this.channels.seatBot(tx, slot, botId, manifest.name);
    if (manifest.seats.distinct_members) await this.channels.requireDistinctMembers(tx, channelId);
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
  }

  private say(tx: EntityManager, channelId: string, body: object) {
    return this.log.append(tx, channelId, { kind: 'system', from: 'system', body: body as JsonObject });
  }
}

const excerpt = ({ name, version, summary, hooks, emits, permissions }: PreparedBot['manifest']) => ({
  name,
  version,
  summary,
  hooks,
  emits,
  permissions,
});
