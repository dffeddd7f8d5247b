import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { HookCall, JsonObject, RunError } from '../../bot-sdk/contract.js';
import { sha256 } from '../kernel/hash.js';
import { isHidden } from '../messaging/entry.js';
import { ChannelLog } from '../messaging/log.service.js';
import { BotState } from './bot-state.entity.js';
import { opsAskedFor } from './channel-changes.js';
import type { Hearing } from './effects.js';
import type { Execution } from './hook-execution.js';

/** What a run leaves in the log besides what the bot said: its receipt, and an error where it failed. */
@Injectable()
export class RunRecords {
  constructor(private readonly log: ChannelLog) {}

  /** Everyone sees that a bot failed, and with which code. */
  async error(tx: EntityManager, { attachment, event, run }: Hearing, call: HookCall, error: RunError) {
    const { code, detail, ...more } = error;
    // Which hook it was would tell a private message from other hidden entries.
    const where = isHidden(event.kind) ? {} : { hook: call.hook, event_seq: event.seq };
    const body = { type: 'bot:error', bot_id: attachment.botId, code, run, ...where, detail, ...more } as JsonObject;
    const freeText = attachment.isQuoting();
    await this.log.append(tx, attachment.channelId, { kind: 'system', from: 'system', run, freeText, body }, event.seq);
  }

  /** Answers with the `seq` of the receipt. The state it began with is kept, so that a replay can begin anywhere. */
  async receipt(
    tx: EntityManager,
    { attachment, event, run }: Hearing,
    { hook }: HookCall,
    {
      result: { outcome, effects, ms },
      fetches,
      envCommitment,
    }: Pick<Execution, 'result' | 'fetches' | 'envCommitment'>,
    outputs: number[],
    stateAfter: string,
  ): Promise<number> {
    const { channelId, botId, round, codeHash, bundleHash, engine, stateJson, stateVersion } = attachment;
    const ops = opsAskedFor(effects);
    const stateBefore = sha256(stateJson);
    await tx.upsert(BotState, { channelId, hash: stateBefore, json: stateJson }, ['channelId', 'hash']);
    const body = {
      bot_id: botId,
      round,
      run,
      hook,
      event_seq: event.seq,
      code_hash: codeHash,
      bundle_hash: bundleHash,
      runtime: engine,
      state_version: stateVersion,
      state_before: stateBefore,
      state_after: sha256(stateAfter),
      outputs,
      fetches: fetches.map((fetch) => ({ ...fetch })) as JsonObject[],
      ...(ops.length && { channel_ops: ops }),
      ...(envCommitment && { env_commit: envCommitment }),
      outcome,
      ms: Math.round(ms),
    };
    const { seq } = await this.log.append(tx, channelId, { kind: 'receipt', from: 'system', run, body }, event.seq);
    return seq;
  }
}
