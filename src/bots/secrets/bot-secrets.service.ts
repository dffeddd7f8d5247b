import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { sha256 } from '../../kernel/hash.js';
import { History } from '../../messaging/history.js';
import { SealBroken, Sealing } from '../../platform/sealing.js';
import type { Attachment } from '../attachment.entity.js';
import { BotEnv } from './bot-env.entity.js';
import type { Env } from './env.js';
import { SaidSearch, type Stretch } from './said-search.js';
import { SecretMask } from './secret-mask.js';

type Bot = Pick<Attachment, 'channelId' | 'botId'>;

export interface Secrets {
  readonly env: Env;
  readonly mask: SecretMask;
  /** What a receipt says of them; undefined where there are none. */
  readonly commitment?: string;
}

/** Up to where the log of a channel was searched for the secrets of a bot. */
export type Searched = Pick<Stretch, 'channelId' | 'upTo'>;

/** What has nothing to mask. */
export const NO_MASK = new SecretMask({});
const NONE: Secrets = { env: {}, mask: NO_MASK };
/** Masks take a moment to make, and a bot is heard often. */
const MAX_MASKS = 64;

/** The secrets of bots. No operation reads their values: only a hook of the bot itself is given them. */
@Injectable()
export class BotSecrets {
  private readonly masks = new Map<string, SecretMask>();

  constructor(
    private readonly sealing: Sealing,
    private readonly history: History,
    private readonly search: SaidSearch,
  ) {}

  /**
   * Throws where one of them was said in the channel lately, outside any write, and answers with how far the log was read. Asked of
   * what everyone there may read, and of nothing else: so whoever gives a secret to find out whether it was said in private learns
   * nothing.
   */
  async assertUnsaid(tx: EntityManager, env: Env, channelId: string, caller: Caller): Promise<Searched> {
    const upTo = await this.history.head(tx, channelId);
    await this.assertNotIn(tx, env, { channelId, after: 0, upTo }, caller);
    return { channelId, upTo };
  }

  /** The same within the write that attaches the bot: of what was said since then. */
  async assertStillUnsaid(tx: EntityManager, env: Env, channelId: string, searched?: Searched) {
    const after = searched?.channelId === channelId ? searched.upTo : 0;
    await this.assertNotIn(tx, env, { channelId, after, upTo: await this.history.head(tx, channelId) });
  }

  /** What a bot is given when it is attached. */
  async keep(tx: EntityManager, { channelId, botId }: Bot, env: Env) {
    const names = Object.keys(env).sort();
    if (!names.length) return;
    const salt = randomBytes(32).toString('hex');
    const sealed = this.sealing.seal(JSON.stringify({ salt, env }), placeOf({ channelId, botId }));
    const commitment = sha256('parley-env-v1', Buffer.from(salt, 'hex'), canonicalJson({ ...env }));
    await tx.insert(BotEnv, { channelId, botId, names, commitment, sealed });
  }

  /** For a hook and nothing else. Throws where the key that sealed them is gone. */
  async of(tx: EntityManager, { channelId, botId }: Bot): Promise<Secrets> {
    const row = await tx.findOneBy(BotEnv, { channelId, botId });
    if (!row) return NONE;
    const { env } = JSON.parse(this.sealing.open(row.sealed, placeOf(row)));
    return { env, mask: this.made(row.commitment, env), commitment: row.commitment };
  }

  /** Undefined where they are sealed with a key that is gone: then nobody knows what to mask. */
  async maskOf(tx: EntityManager, bot: Bot): Promise<SecretMask | undefined> {
    try {
      return (await this.of(tx, bot)).mask;
    } catch (error) {
      if (error instanceof SealBroken) return undefined;
      throw error;
    }
  }

  async names(tx: EntityManager, { channelId, botId }: Bot): Promise<string[]> {
    return (await tx.findOneBy(BotEnv, { channelId, botId }))?.names ?? [];
  }

  async forget(tx: EntityManager, { channelId, botId }: Bot) {
    await tx.delete(BotEnv, { channelId, botId });
  }

  private async assertNotIn(tx: EntityManager, env: Env, stretch: Stretch, payer?: Caller) {
    if (!Object.keys(env).length) return;
    if (await this.search.finds(tx, env, stretch, payer)) throw new DomainError('SECRET_IS_KNOWN');
  }

  private made(commitment: string, env: Env): SecretMask {
    const mask = this.masks.get(commitment) ?? new SecretMask(env);
    this.masks.delete(commitment);
    this.masks.set(commitment, mask);
    const [oldest] = this.masks.keys();
    if (oldest !== undefined && this.masks.size > MAX_MASKS) this.masks.delete(oldest);
    return mask;
  }
}

const placeOf = ({ channelId, botId }: Bot) => `bot_env ${channelId} ${botId}`;
