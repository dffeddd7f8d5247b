import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../kernel/errors.js';
import { Config } from '../../platform/config.js';
import { DiskSpace } from '../../platform/disk-space.js';
import type { HoldingName } from '../../platform/limits/limit-settings.js';
import { AccountStorage } from './account-storage.entity.js';
import { ChannelStorage } from './channel-storage.entity.js';

/** A message of at most so many bytes is a move, and an answer to one leaves about as much. */
export const MAX_MOVE_BYTES = 4_096;
/** What an entry takes beside its texts: its salt, hashes, marks, and its places in the indexes. */
export const ENTRY_BYTES = 600;
/** What a channel takes beside its entries: its row, its slots and invites. */
export const CHANNEL_BYTES = 1_000;
const MB = 1_000_000;

/**
 * Who keeps how much. Each account has a share of each channel, and a quota in all. What bots leave is no reason to refuse a move:
 * nobody uses up what another needs for one. All figures are part of the write that stores the bytes.
 */
@Injectable()
export class Storage {
  constructor(
    private readonly config: Config,
    private readonly disk: DiskSpace,
  ) {}

  /** Counts what the account wrote itself in a channel in this write. */
  async chargeOwn(tx: EntityManager, channelId: string, accountId: string, bytes: number) {
    await this.charge(tx, channelId, accountId, bytes);
    await tx.increment(ChannelStorage, { channelId, accountId }, 'ownBytes', bytes);
  }

  /** Counts what was stored in a channel in this write; with a negative number, what was deleted. */
  async charge(tx: EntityManager, channelId: string, accountId: string, bytes: number) {
    const share = await tx.increment(ChannelStorage, { channelId, accountId }, 'bytes', bytes);
    if (!share.affected) await tx.insert(ChannelStorage, { channelId, accountId, bytes, ownBytes: 0 });
    await this.chargeAccount(tx, accountId, bytes);
  }

  /** Counts what was stored in this write and is part of no channel. */
  async chargeAccount(tx: EntityManager, accountId: string, bytes: number) {
    const { affected } = await tx.increment(AccountStorage, { accountId }, 'bytes', bytes);
    if (!affected) await tx.insert(AccountStorage, { accountId, bytes });
  }

  /** The channel's bytes are gone: every account has its share back. */
  async giveBack(tx: EntityManager, channelId: string) {
    for (const { accountId, bytes } of await tx.findBy(ChannelStorage, { channelId })) {
      await this.chargeAccount(tx, accountId, -bytes);
    }
    await tx.delete(ChannelStorage, { channelId });
  }

  /**
   * Throws where the account may not say so much in the channel. A small message is stopped by nothing but what the account wrote
   * there itself, so that games go on; a larger one by all that counts for the account, its quota and the disk.
   */
  async assertMaySay(tx: EntityManager, channelId: string, accountId: string, bodyBytes: number) {
    const bytes = bodyBytes + ENTRY_BYTES;
    const isSmall = bodyBytes <= MAX_MOVE_BYTES;
    const share = await tx.findOneBy(ChannelStorage, { channelId, accountId });
    this.assertWithin('channel_storage_mb', ((isSmall ? share?.ownBytes : share?.bytes) ?? 0) + bytes);
    if (!isSmall) await this.assertMayKeep(tx, accountId, bytes);
  }

  /** Throws where the account may not begin something that is kept: a channel, a bot, a large message. */
  async assertMayKeep(tx: EntityManager, accountId: string, bytes: number) {
    this.assertWithin('storage_mb', (await this.usedBy(tx, accountId)) + bytes);
    if (await this.disk.isLow()) throw new DomainError('DISK_SPACE_LOW');
  }

  /** Whether bots may keep so much on the account, in the channel and in all. */
  async hasRoom(tx: EntityManager, channelId: string, accountId: string, bytes: number): Promise<boolean> {
    const { channel_storage_mb: share, storage_mb: quota } = this.config.limits.holdings;
    if ((await this.shareOf(tx, channelId, accountId)) + bytes > share * MB) return false;
    return (await this.usedBy(tx, accountId)) + bytes <= quota * MB;
  }

  /** Whether what counts for the account in the channel is, with so much more, not yet twice its share. */
  async hasReserve(tx: EntityManager, channelId: string, accountId: string, bytes: number): Promise<boolean> {
    const { channel_storage_mb: share } = this.config.limits.holdings;
    return (await this.shareOf(tx, channelId, accountId)) + bytes <= 2 * share * MB;
  }

  private assertWithin(policy: HoldingName, bytes: number) {
    const limit = this.config.limits.holdings[policy];
    if (bytes > limit * MB) throw new DomainError('STORAGE_QUOTA_REACHED', `at most ${limit} MB`, { policy, limit });
  }

  private async shareOf(tx: EntityManager, channelId: string, accountId: string): Promise<number> {
    return (await tx.findOneBy(ChannelStorage, { channelId, accountId }))?.bytes ?? 0;
  }

  private async usedBy(tx: EntityManager, accountId: string): Promise<number> {
    return (await tx.findOneBy(AccountStorage, { accountId }))?.bytes ?? 0;
  }
}
