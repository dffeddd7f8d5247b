import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import { seatToPass } from '../../channels/own-seats.js';
import { Storage } from '../../channels/storage/storage.service.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { DEBUG } from '../execution/hooks.js';
import { actorOf } from '../play/fair-play.service.js';
import type { DebugAction } from './debug-payloads.js';
import type { DebugSession } from './debug-sessions.js';

/** Logs every use of debug_bot: everyone in the channel sees who did what to which bot. */
@Injectable()
export class DebugRecords {
  constructor(
    private readonly log: ChannelLog,
    private readonly storage: Storage,
  ) {}

  /** Appends the entry, with the facts of the action, and returns the fields that every answer of debug_bot has. */
  async record({ tx, attachment, standing }: DebugSession, action: DebugAction, facts: JsonObject = {}) {
    const { channelId, botId: bot_id, slotId: slot_id, stateVersion: state_version, pausedAt } = attachment;
    const body = { type: DEBUG, action, by: actorOf(standing), bot_id, slot_id, ...facts };
    const bytes = Buffer.byteLength(JSON.stringify(body));
    await this.storage.assertMayPost(tx, channelId, standing.caller.accountId, bytes);
    const { seq } = await this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
    const hint = seatToPass(standing);
    return { msg_id: seq, action, bot_id, slot_id, state_version, paused: pausedAt !== null, ...hint };
  }
}
