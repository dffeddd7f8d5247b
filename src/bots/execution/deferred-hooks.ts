import { Injectable } from '@nestjs/common';
import type { HookCall, RunError } from '../../../bot-sdk/contract.js';
import { Channels } from '../../channels/channels.service.js';
import { Database } from '../../platform/database/database.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import type { HookInvocation } from './hook-invocation.js';
import { RunRecords } from './run-records.js';

/** Hooks that wait because the server has no place to run them. Their channel is notified once for each wait. */
@Injectable()
export class DeferredHooks {
  /** Bots whose channel was notified. Only in memory: after a restart it is notified again. */
  private readonly announced = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly records: RunRecords,
  ) {}

  async announceOnce(invocation: HookInvocation, call: HookCall, error: RunError) {
    const key = keyOf(invocation.attachment);
    if (this.announced.has(key)) return;
    this.announced.add(key);
    await this.database.write(async (tx) => {
      const { channel } = await this.channels.withSlots(tx, invocation.attachment.channelId);
      if (channel.isOpen) await this.records.error(tx, invocation, call, error);
    }, invocation.attachment.channelId);
  }

  /** The bot runs again: if it has to wait later, its channel is notified again. */
  ended(attachment: Attachment) {
    this.announced.delete(keyOf(attachment));
  }
}

const keyOf = ({ channelId, botId }: Attachment) => `${channelId} ${botId}`;
