import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Json } from '../../../bot-sdk/contract.js';
import { ChangeGuard } from '../../channels/change-guard.js';
import { ChannelAccess, type ChannelStanding } from '../../channels/channel-access.service.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { Attachments } from '../attachments/attachments.service.js';
import { BotSecrets } from '../secrets/bot-secrets.service.js';
import type { SecretMask } from '../secrets/secret-mask.js';
import { type DebugAction, opOf } from './debug-payloads.js';

export interface DebugTarget {
  readonly channelId: string;
  readonly botId?: string;
  readonly slotId?: string;
  /** The seat from which the caller acts, for a caller who holds several. */
  readonly seat?: string;
}

/** The bot of a debug_bot call and the admin who calls, within the write of the action. */
export interface DebugSession {
  readonly tx: EntityManager;
  readonly attachment: Attachment;
  readonly standing: ChannelStanding;
  /** Masks the secrets of the bot; undefined if they cannot be opened. */
  readonly mask: SecretMask | undefined;
}

export interface DebugChange {
  readonly action: DebugAction;
  /** Whether the change has no effect on the players. */
  readonly isHarmless?: (attachment: Attachment) => boolean;
  /** The change itself starts the next round of the bot, so that it gets no additional `on_init`. */
  readonly restartsBot?: boolean;
  /** Throws if the action cannot be carried out. Called before the rules of fair play end a round. */
  readonly check?: (attachment: Attachment) => void;
}

/**
 * Opens the bots of a channel for its admins: finds the bot, checks the rights of the caller, and applies the rules of
 * fair play to changes.
 */
@Injectable()
export class DebugSessions {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly attachments: Attachments,
    private readonly secrets: BotSecrets,
    private readonly rules: ChangeGuard,
  ) {}

  /** For an action that does not change the bot. Throws NOT_ADMIN, CHANNEL_CLOSED or BOT_NOT_FOUND. */
  look<T>(target: DebugTarget, caller: Caller, work: (session: DebugSession) => Promise<T>): Promise<T> {
    return this.database.write(async (tx) => work(await this.open(tx, target, caller)), target.channelId);
  }

  /** For an action that changes the bot: its round in play becomes void first. In a contest it throws ROUND_IN_PLAY. */
  change<T>(
    { action, isHarmless = () => false, restartsBot = false, check = () => {} }: DebugChange,
    target: DebugTarget,
    caller: Caller,
    work: (session: DebugSession) => Promise<T>,
  ): Promise<T> {
    return this.database.write(async (tx) => {
      const { standing, attachment } = await this.find(tx, target, caller);
      check(attachment);
      const reach = isHarmless(attachment) ? 'nothing' : 'bot';
      const change = { op: opOf(action), reach, restartsBot, slotId: attachment.slotId } as const;
      return this.rules.around(tx, standing, change, async () => work(await this.open(tx, target, caller)));
    }, target.channelId);
  }

  private async open(tx: EntityManager, target: DebugTarget, caller: Caller): Promise<DebugSession> {
    const { standing, attachment } = await this.find(tx, target, caller);
    const mask = await this.secrets.maskOf(tx, attachment);
    return { tx, attachment, standing, mask };
  }

  private async find(tx: EntityManager, target: DebugTarget, caller: Caller) {
    const standing = await this.access.standing(tx, target.channelId, caller, target.seat);
    if (!standing.isAdmin) throw new DomainError('NOT_ADMIN');
    standing.channel.assertOpen();
    const attachment = await this.attachments.find(tx, target.channelId, botIdOf(target, standing));
    if (!attachment) throw new DomainError('BOT_NOT_FOUND');
    return { standing, attachment };
  }
}

function botIdOf({ botId, slotId }: DebugTarget, { slots }: ChannelStanding): string {
  if (slotId === undefined && botId === undefined) {
    throw new DomainError('INVALID_REQUEST', 'give bot_id or slot_id');
  }
  if (slotId === undefined) return botId as string;
  const slot = slots.find((each) => each.slotId === slotId);
  if (!slot) throw new DomainError('SLOT_NOT_FOUND');
  if (!slot.botId || (botId !== undefined && botId !== slot.botId)) throw new DomainError('BOT_NOT_FOUND');
  return slot.botId;
}

/** Throws BOT_NOT_FOUND if the bot was released. */
export function assertAttached({ removedAt }: Attachment) {
  if (removedAt !== null) throw new DomainError('BOT_NOT_FOUND');
}

/**
 * Throws if a value that an admin gives to the bot contains a secret, because it is logged or stored in clear. The
 * error does not say which secret it contains.
 */
export function assertWithoutSecrets(mask: SecretMask | undefined, value: Json) {
  if (mask?.finds(value)) throw new DomainError('INVALID_REQUEST', 'payload contains a secret of the bot');
}
