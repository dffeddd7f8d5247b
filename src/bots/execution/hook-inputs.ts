import { Injectable } from '@nestjs/common';
import { runKey } from '../../../bot-sdk/chance.js';
import type { HookCall, HookInput } from '../../../bot-sdk/contract.js';
import { History } from '../../messaging/history.js';
import { Database } from '../../platform/database/database.js';
import { Rounds } from '../attachments/rounds.service.js';
import type { Env } from '../secrets/env.js';
import type { HookInvocation } from './hook-invocation.js';

/**
 * The inputs of hooks. All of it is determined by the log up to the event, the seed of the round, and the secrets of
 * the bot.
 */
@Injectable()
export class HookInputs {
  constructor(
    private readonly database: Database,
    private readonly history: History,
    private readonly rounds: Rounds,
  ) {}

  async of({ attachment, event, run }: HookInvocation, call: HookCall, env: Env): Promise<HookInput> {
    const db = this.database.read;
    const { channelId, botId, round } = attachment;
    const seed = await this.rounds.seed(db, attachment, round);
    const entropy = await this.history.entropy(db, channelId, event.seq);
    return {
      channel_id: channelId,
      bot_id: botId,
      call,
      now: event.ts,
      params: attachment.params(),
      state: attachment.state(),
      state_version: attachment.stateVersion,
      players: await this.history.players(db, channelId, event.seq),
      env: { ...env },
      key: runKey(seed, channelId, botId, round, run, entropy),
      run,
    };
  }
}
