import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { HookCall, JsonObject, RunError } from '../../bot-sdk/contract.js';
import { Storage } from '../channels/storage/storage.service.js';
import { sha256 } from '../kernel/hash.js';
import { isHidden } from '../messaging/entry.js';
import { ChannelLog } from '../messaging/log.service.js';
import { BotState } from './bot-state.entity.js';
import { opsAskedFor } from './channel-changes.js';
import type { Hearing } from './effects.js';
import type { Execution } from './hook-execution.js';
import { isLate } from './strikes.js';

/** What a run leaves in the log besides what the bot said: its receipt, and an error where it failed. */
@Injectable()
export class RunRecords {
  constructor(
    private readonly log: ChannelLog,
    private readonly storage: Storage,
  ) {}

  /** Everyone sees that a bot failed, with which code, and whether it had drawn or asked the network before. */
  async error(tx: EntityManager, { attachment, event, run }: Hearing, call: HookCall, error: RunError, drew = false) {
    const { code, detail, ...more } = error;
    // Which hook it was would tell a private message from other hidden entries.
    const where = isHidden(event.kind) ? {} : { hook: call.hook, event_seq: event.seq };
    const body = {
      type: 'bot:error',
      bot_id: attachment.botId,
      code,
      run,
      ...where,
      detail,
      ...more,
      ...(drew && { drew }),
    } as JsonObject;
    const freeText = attachment.isQuoting();
    await this.log.append(tx, attachment.channelId, { kind: 'system', from: 'system', run, freeText, body }, event.seq);
  }

  /** Everyone sees that a bot has lost its place among those that keep to their time, or has it again. */
  async lateness(tx: EntityManager, { attachment, event }: Hearing, strikes: number) {
    const { channelId, botId } = attachment;
    const late = isLate(strikes);
    if (late === isLate(attachment.strikes)) return;
    const body = { type: 'bot:late', bot_id: botId, late };
    await this.log.append(tx, channelId, { kind: 'system', from: 'system', body }, event.seq);
  }

  /** Answers with the `seq` of the receipt. The state it began with is kept, so that a replay can begin anywhere. */
  async receipt(
    tx: EntityManager,
    hearing: Hearing,
    { hook }: HookCall,
    {
      result: { outcome, effects, ms },
      fetches,
      envCommitment,
    }: Pick<Execution, 'result' | 'fetches' | 'envCommitment'>,
    outputs: number[],
    stateAfter: string,
  ): Promise<number> {
    const { attachment, event, run } = hearing;
    const { channelId, botId, round, codeHash, bundleHash, engine, stateJson, stateVersion } = attachment;
    const ops = opsAskedFor(effects);
    const stateBefore = sha256(stateJson);
    await this.keepState(tx, hearing, stateBefore);
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

  /** Each state once, on the account of whoever attached the bot: how large it is, an earlier hook has decided. */
  private async keepState(
    tx: EntityManager,
    { attachment: { channelId, accountId, stateJson } }: Hearing,
    hash: string,
  ) {
    if (await tx.existsBy(BotState, { channelId, hash })) return;
    await tx.insert(BotState, { channelId, hash, json: stateJson });
    await this.storage.charge(tx, channelId, accountId, STATE_BYTES + Buffer.byteLength(stateJson));
  }
}

/** What a state takes beside its JSON. */
const STATE_BYTES = 150;
