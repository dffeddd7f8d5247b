import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import { sha256 } from '../../kernel/hash.js';
import { SealBroken, Sealing } from '../../platform/sealing.js';
import type { Attachment } from '../attachment.entity.js';
import { BotEnv } from './bot-env.entity.js';
import type { Env } from './env.js';

type Bot = Pick<Attachment, 'channelId' | 'botId'>;

export interface Secrets {
  readonly env: Env;
  /** What a receipt says of them; undefined where there are none. */
  readonly commitment?: string;
}

const NONE: Secrets = { env: {} };

/** The secrets of bots. No operation reads their values: only a hook of the bot itself is given them. */
@Injectable()
export class BotSecrets {
  constructor(private readonly sealing: Sealing) {}

  /** Replaces all that the bot had. */
  async keep(tx: EntityManager, { channelId, botId }: Bot, env: Env) {
    const names = Object.keys(env).sort();
    if (!names.length) return this.forget(tx, { channelId, botId });
    const salt = randomBytes(32).toString('hex');
    const sealed = this.sealing.seal(JSON.stringify({ salt, env }), placeOf({ channelId, botId }));
    const commitment = sha256('parley-env-v1', Buffer.from(salt, 'hex'), canonicalJson({ ...env }));
    await tx.upsert(BotEnv, { channelId, botId, names, commitment, sealed }, ['channelId', 'botId']);
  }

  /** For a hook and nothing else. Throws where the key that sealed them is gone. */
  async of(tx: EntityManager, { channelId, botId }: Bot): Promise<Secrets> {
    const row = await tx.findOneBy(BotEnv, { channelId, botId });
    if (!row) return NONE;
    const { env } = JSON.parse(this.sealing.open(row.sealed, placeOf(row)));
    return { env, commitment: row.commitment };
  }

  /** Those that can still be opened: without the key all of them have to be given again. */
  async ofOrNone(tx: EntityManager, bot: Bot): Promise<Env> {
    try {
      return (await this.of(tx, bot)).env;
    } catch (error) {
      if (error instanceof SealBroken) return {};
      throw error;
    }
  }

  async names(tx: EntityManager, { channelId, botId }: Bot): Promise<string[]> {
    return (await tx.findOneBy(BotEnv, { channelId, botId }))?.names ?? [];
  }

  async forget(tx: EntityManager, { channelId, botId }: Bot) {
    await tx.delete(BotEnv, { channelId, botId });
  }
}

const placeOf = ({ channelId, botId }: Bot) => `bot_env ${channelId} ${botId}`;
