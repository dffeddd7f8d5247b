import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import { isoTime } from '../../kernel/clock.js';
import type { ErrorCode } from '../../kernel/errors.js';
import { ChannelLog } from '../../messaging/log.service.js';
import type { ProposedChange } from './proposed-change.entity.js';

/** The entries of a log about proposed changes. */
@Injectable()
export class ChangeLog {
  constructor(private readonly log: ChannelLog) {}

  /** Returns the `seq` of the entry. */
  async proposed(tx: EntityManager, change: ProposedChange, asked: string[]): Promise<number> {
    const { id, channelId, by, announced, shownRun, expiresAt } = change;
    const body = {
      type: 'change:proposed',
      change_id: id,
      by,
      ops: announced,
      ...(shownRun.length && { would_run: shownRun }),
      asked,
      expires_at: isoTime(expiresAt),
    };
    return (await this.say(tx, channelId, body)).seq;
  }

  agreed(tx: EntityManager, { id, channelId }: ProposedChange, seat: string) {
    return this.say(tx, channelId, { type: 'change:agreed', change_id: id, seat });
  }

  failed(tx: EntityManager, { id, channelId }: ProposedChange, code: ErrorCode) {
    return this.say(tx, channelId, { type: 'change:failed', change_id: id, code });
  }

  private say(tx: EntityManager, channelId: string, body: JsonObject) {
    return this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
  }
}
