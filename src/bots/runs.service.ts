import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { BotErrorCode, HookCall, RunError, RunResult } from '../../bot-sdk/contract.js';
import type { ApplyOp } from '../channels/channel-ops.js';
import { Channels } from '../channels/channels.service.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import type { Entry } from '../messaging/entry.entity.js';
import { Database } from '../platform/database.js';
import { notRun } from '../runtime/runner.js';
import { Attachment } from './attachment.entity.js';
import { ChannelChanges, opsAskedFor, refusedUpdate } from './channel-changes.js';
import { BotLogs } from './debugging/bot-logs.service.js';
import { Effects, type Hearing } from './effects.js';
import { bytesOf, Exchanges } from './exchanges.js';
import { type Execution, HookExecution, unseen } from './hook-execution.js';
import { OutputBudget } from './output-budget.js';
import { refusedRun } from './refused-run.js';
import { Rounds } from './rounds.service.js';
import { Run } from './run.entity.js';
import { RunRecords } from './run-records.js';
import { Timers } from './timers.service.js';

/** A change of the channel counts as so many bytes, so that no bot changes it without end. */
const OP_COSTS = 100_000;

/** What became of a hook: it has had its effect, there was nowhere to run it, or what it ran on is no longer so. */
export type Performance = 'done' | 'nowhere' | 'overtaken';

/** Executing hooks. A hook may run more than once, after a crash; its effects are committed exactly once. */
@Injectable()
export class Runs {
  private readonly budget = new OutputBudget();
  /** Bots whose channel knows that they wait for a sandbox. */
  private readonly toldToWait = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly clock: Clock,
    private readonly execution: HookExecution,
    private readonly records: RunRecords,
    private readonly effects: Effects,
    private readonly changes: ChannelChanges,
    private readonly rounds: Rounds,
    private readonly timers: Timers,
    private readonly exchanges: Exchanges,
    private readonly logs: BotLogs,
  ) {}

  /**
   * Runs the hook that `event` fires and commits what it did: posts, state, timers, receipt and cursor, in one write. Where
   * there was nowhere to run it the channel is told, once, and the hook is still due.
   */
  async perform(attachment: Attachment, event: Entry, call: HookCall, isStopping: () => boolean): Promise<Performance> {
    const hearing = { attachment, event, run: attachment.runs + 1 };
    const execution = await this.execution.execute(hearing, call);
    if (!execution) return 'overtaken';
    // Stopped by us, not by the bot: it never ran, and runs when the server is back.
    if (isStopping() && execution.result.outcome === 'killed') return 'overtaken';
    const { error } = execution.result;
    if (error && NOWHERE.has(error.code)) {
      await this.sayOnce(hearing, call, error);
      return 'nowhere';
    }
    this.toldToWait.delete(keyOf(attachment));
    return this.settle(hearing, call, execution);
  }

  /** A change of the channel that cannot be undoes the whole hook: then its failure is what is committed. */
  private async settle(hearing: Hearing, call: HookCall, execution: Execution): Promise<Performance> {
    try {
      const changes = await this.changes.prepare(opsAskedFor(execution.result.effects), hearing.event);
      return await this.database.write((tx) => this.commit(tx, hearing, call, execution, changes));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const result = refusedRun(execution.result, refusedUpdate(error));
      return this.database.write((tx) => this.commit(tx, hearing, call, { ...execution, result }));
    }
  }

  /** A hook whose effects the server could not commit: it counts as run, and had none. */
  async giveUp(attachment: Attachment, event: Entry, call: HookCall) {
    const hearing = { attachment, event, run: attachment.runs + 1 };
    const result = notRun('RUNNER_CRASHED', 'the server could not carry out what the hook wanted');
    return this.database.write((tx) => this.commit(tx, hearing, call, unseen(result)));
  }

  /** A hook that bots have fired in turn for too long: everyone is told, and the bot goes on behind it. */
  async refuse(attachment: Attachment, event: Entry, call: HookCall) {
    const hearing = { attachment, event, run: attachment.runs + 1 };
    const result = notRun('LOOP_GUARD', 'bots have answered one another for too long');
    return this.database.write((tx) => this.commit(tx, hearing, call, unseen(result)));
  }

  private async sayOnce(hearing: Hearing, call: HookCall, error: RunError) {
    const key = keyOf(hearing.attachment);
    if (this.toldToWait.has(key)) return;
    this.toldToWait.add(key);
    await this.database.write(async (tx) => {
      if (await this.isOpen(tx, hearing.attachment)) await this.records.error(tx, hearing, call, error);
    });
  }

  private async commit(
    tx: EntityManager,
    hearing: Hearing,
    call: HookCall,
    execution: Execution,
    changes: readonly ApplyOp[] = [],
  ): Promise<Performance> {
    if (!(await this.claim(tx, hearing))) return 'overtaken';
    const { attachment, event, run } = hearing;
    const { channelId, botId, round } = attachment;
    if (event.kind === 'timer') await this.timers.take(tx, attachment, event.seq);

    const { result: ran } = execution;
    const refusal = (await this.effects.refusal(tx, hearing, ran.effects)) ?? this.overspent(attachment, execution);
    const result = refusal ? refusedRun(ran, refusal) : ran;
    const { outputs, sealed } = await this.effects.apply(tx, hearing, result.effects, isInformed(execution));
    const state = result.state ? canonicalJson(result.state.value) : attachment.stateJson;
    if (result.state) {
      await tx.update(Attachment, { channelId, botId }, { stateJson: state, stateVersion: result.state.version });
    }
    await tx.update(Attachment, { channelId, botId }, { unattended: unattendedAfter(attachment, call) });
    if (result.error) await this.records.error(tx, hearing, call, result.error);

    if (refusal?.code !== 'OUTPUT_LIMIT') await this.logs.keep(tx, attachment, run, result.logs);
    const receiptSeq = await this.records.receipt(tx, hearing, call, { ...execution, result }, outputs, state);
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
    if (!refusal) await this.exchanges.keep(tx, hearing, execution.exchanges);
    await this.finishRound(tx, hearing, result);
    if (!refusal) await this.changes.apply(tx, attachment, changes);
    return 'done';
  }

  /** False where the bot was removed or paused, its state replaced or the channel closed meanwhile: then nothing happens. */
  private async claim(tx: EntityManager, { attachment, event, run }: Hearing): Promise<boolean> {
    const { channelId, botId, runs, cursor, stateVersion } = attachment;
    if (!(await this.isOpen(tx, attachment))) return false;
    const { affected } = await tx
      .createQueryBuilder()
      .update(Attachment)
      .set({ runs: run, cursor: event.seq })
      .where('channel_id = :channelId AND bot_id = :botId', { channelId, botId })
      .andWhere('runs = :runs AND cursor = :cursor AND removed_at IS NULL AND paused_at IS NULL', { runs, cursor })
      .andWhere('state_version = :stateVersion', { stateVersion })
      .execute();
    return affected === 1;
  }

  private async isOpen(tx: EntityManager, { channelId }: Attachment): Promise<boolean> {
    return (await this.channels.withSlots(tx, channelId)).channel.isOpen;
  }

  private overspent(attachment: Attachment, { result, exchanges }: Execution): RunResult['error'] {
    const { effects, state, logs } = result;
    const said = effects.length || state ? JSON.stringify([effects, state?.value]).length : 0;
    const bytes = said + bytesOf(exchanges) + logs.join().length + opsAskedFor(effects).length * OP_COSTS;
    if (this.budget.spend(keyOf(attachment), bytes, this.clock.now())) return undefined;
    return { code: 'OUTPUT_LIMIT', detail: 'the bot has written too much in the last minute' };
  }

  private async finishRound(tx: EntityManager, { attachment, event }: Hearing, { effects }: RunResult) {
    const finish = effects.find((effect) => effect.type === 'finish');
    if (!finish) return;
    const { channelId, botId, round } = attachment;
    await this.rounds.finish(tx, attachment, round, finish.result, event.seq);
    await tx.update(Attachment, { channelId, botId }, { round: round + 1 });
  }
}

/** What is the server's to mend, and no fault of the bot's: the hook waits for it. */
const NOWHERE = new Set<BotErrorCode>(['SANDBOX_UNAVAILABLE', 'QUEUE_FULL', 'SECRETS_UNAVAILABLE']);

/** Whether it could know more than the log has. */
const isInformed = ({ fetches, envCommitment }: Execution) => fetches.length > 0 || envCommitment !== undefined;

const keyOf = ({ channelId, botId }: Attachment) => `${channelId} ${botId}`;

/** Timers count while no member is heard; another bot is none. */
const unattendedAfter = ({ unattended }: Attachment, { hook }: HookCall) =>
  hook === 'on_timer' ? unattended + 1 : hook === 'on_event' ? unattended : 0;
