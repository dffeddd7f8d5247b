import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import { runKey } from '../../bot-sdk/chance.js';
import {
  DEFAULT_LIMITS,
  type HookCall,
  type HookInput,
  type JsonObject,
  type RunResult,
} from '../../bot-sdk/contract.js';
import { Channels } from '../channels/channels.service.js';
import { sha256 } from '../kernel/hash.js';
import type { Entry } from '../messaging/entry.entity.js';
import { isHidden } from '../messaging/entry.js';
import { History } from '../messaging/history.js';
import { ChannelLog } from '../messaging/log.service.js';
import { Database } from '../platform/database.js';
import { Runner } from '../runtime/runner.js';
import { Attachment } from './attachment.entity.js';
import { BotState } from './bot-state.entity.js';
import { Effects, type Hearing } from './effects.js';
import { Executables } from './executables.js';
import { Rounds } from './rounds.service.js';
import { Run } from './run.entity.js';
import { Timers } from './timers.service.js';

/** Executing hooks. A hook may run more than once, after a crash; its effects are committed exactly once. */
@Injectable()
export class Runs {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly runner: Runner,
    private readonly executables: Executables,
    private readonly history: History,
    private readonly log: ChannelLog,
    private readonly effects: Effects,
    private readonly rounds: Rounds,
    private readonly timers: Timers,
  ) {}

  /** Runs the hook that `event` fires and commits what it did: posts, state, timers, receipt and cursor, in one write. */
  async perform(attachment: Attachment, event: Entry, call: HookCall) {
    const hearing = { attachment, event, run: attachment.runs + 1 };
    const result = await this.execute(hearing, call);
    await this.database.write((tx) => this.commit(tx, hearing, call, result));
  }

  /** A hook whose effects the server could not commit: it counts as run, and had none. */
  async giveUp(attachment: Attachment, event: Entry, call: HookCall) {
    const hearing = { attachment, event, run: attachment.runs + 1 };
    const result = notRun('RUNNER_CRASHED', 'the server could not carry out what the hook wanted');
    await this.database.write((tx) => this.commit(tx, hearing, call, result));
  }

  private async execute({ attachment, event, run }: Hearing, call: HookCall): Promise<RunResult> {
    const tx = this.database.read;
    const bundle = await this.executables.of(tx, attachment);
    if (!bundle) return notRun('CODE_CHANGED', 'the code is not the code that was announced');
    const { channelId, botId, round } = attachment;
    const seed = await this.rounds.seed(tx, attachment, round);
    const entropy = await this.history.entropy(tx, channelId, event.seq);
    const input: HookInput = {
      channel_id: channelId,
      bot_id: botId,
      call,
      now: event.ts,
      params: attachment.params(),
      state: attachment.state(),
      state_version: attachment.stateVersion,
      players: await this.history.players(tx, channelId, event.seq),
      env: {},
      key: runKey(seed, channelId, botId, round, run, entropy),
      run,
    };
    return this.runner.run(bundle, input, { ...DEFAULT_LIMITS, ...attachment.manifest().limits });
  }

  private async commit(tx: EntityManager, hearing: Hearing, call: HookCall, ran: RunResult) {
    if (!(await this.claim(tx, hearing))) return;
    const { attachment, event, run } = hearing;
    const { channelId, botId, round } = attachment;
    if (call.hook === 'on_timer') await this.timers.take(tx, attachment, event.seq);

    const refusal = await this.effects.refusal(tx, hearing, ran.effects);
    const result = refusal ? failed(ran, refusal) : ran;
    const { outputs, sealed } = await this.effects.apply(tx, hearing, result.effects);
    const state = result.state ? canonicalJson(result.state.value) : attachment.stateJson;
    await this.keepState(tx, attachment);
    if (result.state) {
      await tx.update(Attachment, { channelId, botId }, { stateJson: state, stateVersion: result.state.version });
    }
    if (result.error) await this.announceError(tx, hearing, call, result);

    const receiptSeq = await this.receipt(tx, hearing, call, result, outputs, state);
    const { outcome } = result;
    const ms = Math.round(result.ms);
    const row = {
      channelId,
      botId,
      run,
      round,
      hook: call.hook,
      eventSeq: event.seq,
      receiptSeq,
      outcome,
      ms,
      outputs,
      sealed,
    };
    await tx.insert(Run, row);
    await this.finishRound(tx, hearing, result);
  }

  /** False where another run was first, or the bot was removed, or the channel closed meanwhile: then nothing happens. */
  private async claim(tx: EntityManager, { attachment, event, run }: Hearing): Promise<boolean> {
    const { channelId, botId, runs, cursor } = attachment;
    const { channel } = await this.channels.withSlots(tx, channelId);
    if (!channel.isOpen) return false;
    const { affected } = await tx
      .createQueryBuilder()
      .update(Attachment)
      .set({ runs: run, cursor: event.seq })
      .where('channel_id = :channelId AND bot_id = :botId', { channelId, botId })
      .andWhere('runs = :runs AND cursor = :cursor AND removed_at IS NULL', { runs, cursor })
      .execute();
    return affected === 1;
  }

  private async keepState(tx: EntityManager, { channelId, stateJson }: Attachment) {
    await tx.upsert(BotState, { channelId, hash: sha256(stateJson), json: stateJson }, ['channelId', 'hash']);
  }

  private async announceError(
    tx: EntityManager,
    { attachment, event, run }: Hearing,
    call: HookCall,
    result: RunResult,
  ) {
    const { code, detail, ...more } = result.error as NonNullable<RunResult['error']>;
    // Which hook it was would tell a private message from other hidden entries.
    const where = isHidden(event.kind) ? {} : { hook: call.hook, event_seq: event.seq };
    const body = { type: 'bot:error', bot_id: attachment.botId, code, run, ...where, detail, ...more } as JsonObject;
    await this.log.append(tx, attachment.channelId, { kind: 'system', from: 'system', run, body }, event.seq);
  }

  private async receipt(
    tx: EntityManager,
    { attachment, event, run }: Hearing,
    { hook }: HookCall,
    { outcome, ms }: RunResult,
    outputs: number[],
    stateAfter: string,
  ): Promise<number> {
    const { channelId, botId, round, codeHash, bundleHash, stateJson, stateVersion } = attachment;
    const body = {
      bot_id: botId,
      round,
      run,
      hook,
      event_seq: event.seq,
      code_hash: codeHash,
      bundle_hash: bundleHash,
      runtime: this.runner.runtime,
      state_version: stateVersion,
      state_before: sha256(stateJson),
      state_after: sha256(stateAfter),
      outputs,
      fetches: [],
      outcome,
      ms: Math.round(ms),
    };
    const { seq } = await this.log.append(tx, channelId, { kind: 'receipt', from: 'system', run, body }, event.seq);
    return seq;
  }

  private async finishRound(tx: EntityManager, { attachment, event }: Hearing, { effects }: RunResult) {
    const finish = effects.find((effect) => effect.type === 'finish');
    if (!finish) return;
    const { channelId, botId, round } = attachment;
    await this.rounds.finish(tx, attachment, round, finish.result, event.seq);
    await tx.update(Attachment, { channelId, botId }, { round: round + 1 });
  }
}

const notRun = (code: NonNullable<RunResult['error']>['code'], detail: string): RunResult => ({
  outcome: 'killed',
  error: { code, detail },
  effects: [],
  logs: [],
  ms: 0,
});

const failed = ({ ms, logs }: RunResult, error: RunResult['error']): RunResult => ({
  outcome: 'threw',
  error,
  effects: [],
  logs,
  ms,
});
