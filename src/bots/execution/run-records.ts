import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { HookCall, JsonObject, RunError } from '../../../bot-sdk/contract.js';
import { Storage, statesOf } from '../../channels/storage/storage.service.js';
import { contentHash } from '../../kernel/hash.js';
import { isHidden } from '../../messaging/entry.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Events } from '../../platform/events.js';
import { BotState } from './bot-state.entity.js';
import { opsAskedFor } from './channel-changes.js';
import type { ExecutedHook } from './executed-hook.js';
import type { HookInvocation } from './hook-invocation.js';
import { isLate } from './strikes.js';

/**
 * The hook of a timer has failed, after its repetition if there was one. Announced at the end of the write that commits
 * the failure.
 */
export class TimerFailed {
  constructor(
    readonly channelId: string,
    readonly botId: string,
    readonly code: string,
  ) {}
}

/** Logs the records of a run: its receipt, and an error if it failed. */
@Injectable()
export class RunRecords {
  constructor(
    private readonly log: ChannelLog,
    private readonly storage: Storage,
    private readonly events: Events,
  ) {}

  /**
   * Logs for everyone that a bot failed, the code of the error, and whether the run had drawn or used the network
   * before (`drew`).
   */
  async error(
    tx: EntityManager,
    { attachment, event, run }: HookInvocation,
    call: HookCall,
    error: RunError,
    drew = false,
  ) {
    const { code, detail, ...more } = error;
    // The name of the hook would reveal the kind of the hidden entry that fired it.
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

  /** Announces TimerFailed for the hook of a timer. Listeners decide whether the round is void. */
  async timerFailure(tx: EntityManager, { attachment: { channelId, botId }, event }: HookInvocation, error?: RunError) {
    if (error && event.kind === 'timer') await this.events.announce(new TimerFailed(channelId, botId, error.code), tx);
  }

  /**
   * Logs for everyone that the bot has become late, so that its hooks come after those of other bots, or is no longer
   * late.
   */
  async recordLateness(tx: EntityManager, { attachment, event }: HookInvocation, strikes: number) {
    const { channelId, botId } = attachment;
    const late = isLate(strikes);
    if (late === isLate(attachment.strikes)) return;
    const body = { type: 'bot:late', bot_id: botId, late };
    await this.log.append(tx, channelId, { kind: 'system', from: 'system', body }, event.seq);
  }

  /**
   * Returns the `seq` of the receipt. Stores the state before the run, so that anyone can repeat this run without the
   * earlier ones.
   */
  async receipt(
    tx: EntityManager,
    invocation: HookInvocation,
    { hook }: HookCall,
    {
      result: { outcome, effects, ms },
      fetches,
      envCommitment,
    }: Pick<ExecutedHook, 'result' | 'fetches' | 'envCommitment'>,
    outputs: number[],
    stateAfter: string,
  ): Promise<number> {
    const { attachment, event, run } = invocation;
    const { channelId, botId, round, codeHash, bundleHash, engine, stateJson, stateVersion } = attachment;
    const ops = opsAskedFor(effects);
    const stateBefore = contentHash(stateJson);
    await this.keepState(tx, invocation, stateBefore);
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
      state_after: contentHash(stateAfter),
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

  /** Stores each state of a channel once, by its hash. */
  private async keepState(tx: EntityManager, invocation: HookInvocation, hash: string) {
    const { channelId, stateJson } = invocation.attachment;
    if (await tx.existsBy(BotState, { channelId, hash })) return;
    const payer = await this.payerOfState(tx, invocation);
    await tx.insert(BotState, { channelId, hash, json: stateJson });
    await this.storage.charge(tx, channelId, payer, STATE_BYTES + Buffer.byteLength(stateJson));
  }

  /**
   * The account that attached the bot, while its share has room; then the reserve of `statesOf`. For a timer, the payer
   * of its run.
   */
  private async payerOfState(tx: EntityManager, { attachment, event, payer }: HookInvocation): Promise<string> {
    const { channelId, accountId } = attachment;
    if (event.kind === 'timer') return payer;
    return (await this.storage.hasRoom(tx, channelId, accountId)) ? accountId : statesOf(payer);
  }
}

/** The bytes that a state counts in addition to its JSON. */
const STATE_BYTES = 150;
