import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../kernel/errors.js';
import { Config } from '../../platform/config/config.js';
import type { HoldingName } from '../../platform/config/limit-settings.js';
import { DiskSpace } from '../../platform/observability/disk-space.js';
import { AccountStorage } from './account-storage.entity.js';
import { ChannelStorage } from './channel-storage.entity.js';
import { ADD_TO_ACCOUNT, ADD_TO_SHARE, SHARE } from './storage-statements.js';

/** A message of at most this size counts as a move; the answer to it has about the same size. */
export const MAX_MOVE_BYTES = 4_096;
/** The bytes of an entry besides its text: salt, hashes, columns and indexes. */
export const ENTRY_BYTES = 600;
/** The bytes of a channel besides its entries: row, slots and invites. */
export const CHANNEL_BYTES = 1_000;
/** The storage key for what timers of the bot in a slot store when no account has room for it. */
export const clocksOf = (slotId: string) => `clocks:${slotId}`;
/** The storage key for bot states that moves of an account caused. */
export const statesOf = (accountId: string) => `states:${accountId}`;
/** The reserves by kind of key, as multiples of a share, used when no account has room. */
const RESERVES = { clocks: 0.1, states: 2, account: 2 };
const MB = 1_000_000;

/**
 * Storage limits: each account has a share of each channel and a total quota. What bots store never prevents a move,
 * and no account can use up the share of another. All counters are part of the write that stores the bytes.
 */
@Injectable()
export class Storage {
  constructor(
    private readonly config: Config,
    private readonly disk: DiskSpace,
  ) {}

  /** Adds the bytes that the account itself wrote in a channel. */
  async chargeOwn(tx: EntityManager, channelId: string, accountId: string, bytes: number) {
    await ADD_TO_SHARE.run(tx, { channelId, accountId, bytes, own: bytes });
    await this.chargeAccount(tx, accountId, bytes);
  }

  /** Adds the bytes stored in a channel; a negative number if they were deleted. */
  async charge(tx: EntityManager, channelId: string, accountId: string, bytes: number) {
    await ADD_TO_SHARE.run(tx, { channelId, accountId, bytes, own: 0 });
    await this.chargeAccount(tx, accountId, bytes);
  }

  /** Adds bytes that belong to no channel. */
  async chargeAccount(tx: EntityManager, accountId: string, bytes: number) {
    await ADD_TO_ACCOUNT.run(tx, { accountId, bytes });
  }

  /** Releases the bytes of a deleted channel for all accounts. */
  async release(tx: EntityManager, channelId: string) {
    for (const { accountId, bytes } of await tx.findBy(ChannelStorage, { channelId })) {
      await this.chargeAccount(tx, accountId, -bytes);
    }
    await tx.delete(ChannelStorage, { channelId });
  }

  /**
   * Throws if the account may not post a message of this size. A small message is limited only by what the account
   * itself wrote in the channel, so that games can continue; a larger one also by the account's share, its quota and
   * the disk.
   */
  async assertMayPost(tx: EntityManager, channelId: string, accountId: string, bodyBytes: number) {
    const bytes = bodyBytes + ENTRY_BYTES;
    const isSmall = bodyBytes <= MAX_MOVE_BYTES;
    const share = await SHARE.first(tx, { channelId, accountId });
    this.assertWithin('channel_storage_mb', ((isSmall ? share?.ownBytes : share?.bytes) ?? 0) + bytes);
    if (!isSmall) await this.assertMayKeep(tx, accountId, bytes);
  }

  /** Throws if the account may not store something permanent: a channel, a bot, a large message. */
  async assertMayKeep(tx: EntityManager, accountId: string, bytes: number) {
    this.assertWithin('storage_mb', (await this.usedBy(tx, accountId)) + bytes);
    if (await this.disk.isLow()) throw new DomainError('DISK_SPACE_LOW');
  }

  /** Whether the account is below its share of the channel and its total quota. */
  async hasRoom(tx: EntityManager, channelId: string, accountId: string): Promise<boolean> {
    const { channel_storage_mb: share, storage_mb: quota } = this.config.limits.holdings;
    if ((await this.shareOf(tx, channelId, accountId)) >= share * MB) return false;
    return (await this.usedBy(tx, accountId)) < quota * MB;
  }

  /**
   * Whether a key is below its reserve in the channel: for an account twice its share, for other keys their own
   * reserve.
   */
  async hasReserve(tx: EntityManager, channelId: string, accountId: string): Promise<boolean> {
    const { channel_storage_mb: share } = this.config.limits.holdings;
    const part = RESERVES[kindOf(accountId)];
    return (await this.shareOf(tx, channelId, accountId)) < part * share * MB;
  }

  private assertWithin(policy: HoldingName, bytes: number) {
    const limit = this.config.limits.holdings[policy];
    if (bytes > limit * MB) throw new DomainError('STORAGE_QUOTA_REACHED', `at most ${limit} MB`, { policy, limit });
  }

  private async shareOf(tx: EntityManager, channelId: string, accountId: string): Promise<number> {
    return (await SHARE.first(tx, { channelId, accountId }))?.bytes ?? 0;
  }

  private async usedBy(tx: EntityManager, accountId: string): Promise<number> {
    return (await tx.findOneBy(AccountStorage, { accountId }))?.bytes ?? 0;
  }
}

function kindOf(account: string): keyof typeof RESERVES {
  if (account.startsWith('clocks:')) return 'clocks';
  return account.startsWith('states:') ? 'states' : 'account';
}
