import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import { BoundedMap } from '../../kernel/bounded-map.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { contentHash } from '../../kernel/hash.js';
import { History } from '../../messaging/history.js';
import { SealBrokenError, Sealing } from '../../platform/secrets/sealing.js';
import { BotEnv } from './bot-env.entity.js';
import type { Env } from './env.js';
import { SecretMask } from './secret-mask.js';
import { type LogRange, SecretSearch } from './secret-search.js';

type Bot = Pick<BotEnv, 'channelId' | 'botId'>;

export interface Secrets {
  readonly env: Env;
  readonly mask: SecretMask;
  /** The commitment for receipts; undefined if there are no secrets. */
  readonly commitment?: string;
}

/** The last entry up to which a log was searched for the secrets of a bot. */
export type SearchedRange = Pick<LogRange, 'channelId' | 'upTo'>;

/** The mask for bots without secrets. */
export const NO_MASK = new SecretMask({});
const NONE: Secrets = { env: {}, mask: NO_MASK };
/** The number of masks that are kept, because creating one takes time and bots post often. */
const MAX_MASKS = 64;

/** The secrets of bots. No operation returns their values: only hooks of the bot itself get them. */
@Injectable()
export class BotSecrets {
  private readonly masks = new BoundedMap<SecretMask>(MAX_MASKS);

  constructor(
    private readonly sealing: Sealing,
    private readonly history: History,
    private readonly search: SecretSearch,
  ) {}

  /**
   * Throws if one of the secrets was posted in the channel recently. Runs outside any write, and returns how far the
   * log was read. It searches only what everyone in the channel may read, so the answer reveals nothing about private
   * messages.
   */
  async assertNotPosted(tx: EntityManager, env: Env, channelId: string, caller: Caller): Promise<SearchedRange> {
    const upTo = await this.history.head(tx, channelId);
    await this.assertNotInRange(tx, env, { channelId, after: 0, upTo }, caller);
    return { channelId, upTo };
  }

  /** The same within the write that attaches the bot, for the entries since then. */
  async assertNotPostedSince(tx: EntityManager, env: Env, channelId: string, searched?: SearchedRange) {
    const after = searched?.channelId === channelId ? searched.upTo : 0;
    await this.assertNotInRange(tx, env, { channelId, after, upTo: await this.history.head(tx, channelId) });
  }

  /** Stores the secrets of a bot that is being attached. */
  async keep(tx: EntityManager, { channelId, botId }: Bot, env: Env) {
    const names = Object.keys(env).sort();
    if (!names.length) return;
    const salt = randomBytes(32).toString('hex');
    const sealed = this.sealing.seal(JSON.stringify({ salt, env }), placeOf({ channelId, botId }));
    const commitment = contentHash('parley-env-v1', Buffer.from(salt, 'hex'), canonicalJson({ ...env }));
    await tx.insert(BotEnv, { channelId, botId, names, commitment, sealed });
  }

  /** The secrets for a hook; do not use it for anything else. Throws if the key that sealed them is lost. */
  async of(tx: EntityManager, { channelId, botId }: Bot): Promise<Secrets> {
    const row = await tx.findOneBy(BotEnv, { channelId, botId });
    if (!row) return NONE;
    const { env } = JSON.parse(this.sealing.open(row.sealed, placeOf(row)));
    return { env, mask: this.cachedMask(row.commitment, env), commitment: row.commitment };
  }

  /** The mask; undefined if the key that sealed the secrets is lost, so that nothing can be masked. */
  async maskOf(tx: EntityManager, bot: Bot): Promise<SecretMask | undefined> {
    try {
      return (await this.of(tx, bot)).mask;
    } catch (error) {
      if (error instanceof SealBrokenError) return undefined;
      throw error;
    }
  }

  async names(tx: EntityManager, { channelId, botId }: Bot): Promise<string[]> {
    return (await tx.findOneBy(BotEnv, { channelId, botId }))?.names ?? [];
  }

  async forget(tx: EntityManager, { channelId, botId }: Bot) {
    await tx.delete(BotEnv, { channelId, botId });
  }

  private async assertNotInRange(tx: EntityManager, env: Env, range: LogRange, payer?: Caller) {
    if (!Object.keys(env).length) return;
    if (await this.search.finds(tx, env, range, payer)) throw new DomainError('SECRET_IS_KNOWN');
  }

  private cachedMask(commitment: string, env: Env): SecretMask {
    const mask = this.masks.get(commitment) ?? new SecretMask(env);
    this.masks.set(commitment, mask);
    return mask;
  }
}

const placeOf = ({ channelId, botId }: Bot) => `bot_env ${channelId} ${botId}`;
