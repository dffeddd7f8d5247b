import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { BotErrorCode, HookCall, RunError, RunResult } from '../../bot-sdk/contract.js';
import type { ApplyOp } from '../channels/channel-ops.js';
import { Channels } from '../channels/channels.service.js';
import { onAccountOf } from '../channels/storage/payer.js';
import { MAX_MOVE_BYTES, Storage } from '../channels/storage/storage.service.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import type { Entry } from '../messaging/entry.entity.js';
import { Database } from '../platform/database.js';
import { NO_PLACE, notRun } from '../runtime/runner.js';
import { Attachment } from './attachment.entity.js';
import { ChannelChanges, opsAskedFor, refusedUpdate } from './channel-changes.js';
import { BotLogs } from './debugging/bot-logs.service.js';
import { Effects, type Hearing } from './effects.js';
import { Exchanges } from './exchanges.js';
import { type Execution, HookExecution, unseen, wasStopped } from './hook-execution.js';
import { OutputBudget } from './output-budget.js';
import { RunMemory } from './play/run-memory.service.js';
import { refusedRun } from './refused-run.js';
import { Rounds } from './rounds.service.js';
import { Run } from './run.entity.js';
import { RunRecords } from './run-records.js';
import { toldError } from './secrets/told-run.js';
import { strikesAfter } from './strikes.js';
import { Timers } from './timers.service.js';

/** So much a hook may keep when no share has room: its posts, its state and what it printed. */
const MAX_SMALL_RUN_BYTES = 65_536;
/** What a run takes beside its lists: its row and its places in the indexes. */
const RUN_BYTES = 400;

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
    private readonly memories: RunMemory,
    private readonly storage: Storage,
  ) {}

  /**
   * Runs the hook that `event` fires and commits what it did: posts, state, timers, receipt and cursor, in one write. Where
   * there was nowhere to run it the channel is told, once, and the hook is still due.
   */
  async perform(attachment: Attachment, event: Entry, call: HookCall, isStopping: () => boolean): Promise<Performance> {
    const hearing = hearingOf(attachment, event);
    return onAccountOf(hearing.payer, () => this.performNow(hearing, call, isStopping));
  }

  private async performNow(hearing: Hearing, call: HookCall, isStopping: () => boolean): Promise<Performance> {
    if (!this.budget.hasRoom(writerOf(hearing), this.clock.now())) {
      return this.settle(
        hearing,
        call,
        unseen(notRun('OUTPUT_LIMIT', 'too much was written because of this member lately')),
      );
    }
    const execution = await this.execution.execute(hearing, call);
    if (!execution) return 'overtaken';
    // Stopped by us, not by the bot: it never ran, and runs when the server is back.
    if (isStopping() && execution.result.outcome === 'killed') return 'overtaken';
    const { error } = execution.result;
    if (error && NOWHERE.has(error.code)) {
      await this.sayOnce(hearing, call, error);
      return 'nowhere';
    }
    this.toldToWait.delete(keyOf(hearing.attachment));
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
      return this.database.write((tx) =>
        this.commit(tx, hearing, call, { ...execution, ran: result, result, bytes: 0 }),
      );
    }
  }

  /** A hook whose effects the server could not commit: it counts as run, and had none. */
  async giveUp(attachment: Attachment, event: Entry, call: HookCall) {
    const result = notRun('RUNNER_CRASHED', 'the server could not carry out what the hook wanted');
    return this.commitAlone(hearingOf(attachment, event), call, result);
  }

  /** A hook that bots have fired in turn for too long: everyone is told, and the bot goes on behind it. */
  async refuse(attachment: Attachment, event: Entry, call: HookCall) {
    const result = notRun('LOOP_GUARD', 'bots have answered one another for too long');
    return this.commitAlone(hearingOf(attachment, event), call, result);
  }

  private commitAlone(hearing: Hearing, call: HookCall, result: RunResult): Promise<Performance> {
    return onAccountOf(hearing.payer, () =>
      this.database.write((tx) => this.commit(tx, hearing, call, unseen(result))),
    );
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
    const { attachment, event } = hearing;
    if (event.kind === 'timer') await this.timers.take(tx, attachment, event.seq);

    const { ran, result: told, mask } = execution;
    const payer = await this.payerOf(tx, hearing, execution.bytes);
    const refusal =
      (await this.effects.refusal(tx, hearing, ran.effects)) ?? (payer === undefined ? NO_ROOM : undefined);
    this.budget.spend(writerOf(hearing), execution.bytes, this.clock.now());
    const paid = { ...hearing, payer: payer ?? hearing.payer };
    const result = refusal ? refusedRun(told, toldError(refusal, mask)) : told;
    await onAccountOf(paid.payer, () => this.keep(tx, paid, call, { ...execution, result }, refusal));
    if (!refusal) await this.changes.apply(tx, attachment, changes);
    return 'done';
  }

  /** What the run leaves: everything it did, or that it was refused. */
  private async keep(
    tx: EntityManager,
    hearing: Hearing,
    call: HookCall,
    execution: Execution,
    refusal: RunError | undefined,
  ) {
    const { attachment, event, run } = hearing;
    const { channelId, botId, round } = attachment;
    const { ran, result } = execution;
    const { outputs, sealed } = await this.effects.apply(tx, hearing, result.effects, isInformed(execution));
    const state = result.state ? canonicalJson(result.state.value) : attachment.stateJson;
    if (result.state) {
      await tx.update(Attachment, { channelId, botId }, { stateJson: state, stateVersion: result.state.version });
    }
    const strikes = strikesAfter(attachment.strikes, result.outcome);
    await tx.update(Attachment, { channelId, botId }, { unattended: unattendedAfter(attachment, call), strikes });
    if (result.error) await this.records.error(tx, hearing, call, result.error, hasDrawnOrAsked(execution));

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
    const lists = Buffer.byteLength(JSON.stringify(outputs)) + Buffer.byteLength(JSON.stringify(sealed));
    await this.storage.charge(tx, channelId, hearing.payer, RUN_BYTES + lists);
    if (!refusal) await this.exchanges.keep(tx, hearing, execution.exchanges);
    await this.memories.forget(tx, hearing);
    if (hasHiddenPart(ran)) await this.rounds.touch(tx, attachment, round, receiptSeq);
    await this.records.lateness(tx, hearing, strikes);
    await this.finishRound(tx, hearing, result);
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

  /**
   * On whose account is kept what the hook leaves, or undefined where there is no room for it. An answer about as large as a move
   * counts for whoever moved, and is always kept. All else counts for whoever attached the bot, while there is room in that share;
   * then for whoever caused the hook, since no move is refused for what bots leave. When neither has room the bot may keep a little
   * for as long again, so that a game that is under way comes to its end, but not for ever.
   */
  private async payerOf(
    tx: EntityManager,
    { attachment: { channelId, accountId }, event, payer }: Hearing,
    bytes: number,
  ): Promise<string | undefined> {
    const isAnswer = event.kind !== 'timer';
    if (isAnswer && bytes <= MAX_MOVE_BYTES) return payer;
    for (const account of new Set([accountId, ...(isAnswer ? [payer] : [])])) {
      if (await this.storage.hasRoom(tx, channelId, account, bytes)) return account;
    }
    const isLittle = bytes <= MAX_SMALL_RUN_BYTES;
    return isLittle && (await this.storage.hasReserve(tx, channelId, accountId, bytes)) ? accountId : undefined;
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
const NOWHERE = new Set<BotErrorCode>([...NO_PLACE, 'SECRETS_UNAVAILABLE']);

const NO_ROOM: RunError = { code: 'OUTPUT_LIMIT', detail: 'no storage is left for so much' };

const hearingOf = (attachment: Attachment, event: Entry): Hearing => ({
  attachment,
  event,
  run: attachment.runs + 1,
  payer: (event.kind !== 'timer' && event.accountId) || attachment.accountId,
});

/** The run has drawn, committed, or said something that not everyone may read: from then on its round can be in play. */
const hasHiddenPart = (result: RunResult) =>
  mayHaveDrawn(result) ||
  result.effects.some(
    (effect) =>
      effect.type === 'post' && (effect.sealed || effect.to !== undefined || effect.body.type === 'bot:commit'),
  );

/** A run that was stopped from outside cannot say whether it had drawn. */
const mayHaveDrawn = ({ drew, error }: RunResult) => drew === true || wasStopped(error);

const hasDrawnOrAsked = ({ result, fetches }: Execution) => mayHaveDrawn(result) || fetches.length > 0;

/** Whether it could know more than the log has. */
const isInformed = ({ fetches, envCommitment }: Execution) => fetches.length > 0 || envCommitment !== undefined;

/** Who makes a bot write: its timers have room of their own, so that no member's messages stop a clock. */
const writerOf = ({ attachment, event, payer }: Hearing) =>
  `${keyOf(attachment)} ${event.kind === 'timer' ? 'timer' : payer}`;

const keyOf = ({ channelId, botId }: Attachment) => `${channelId} ${botId}`;

/** Timers count while no member is heard; another bot is none. */
const unattendedAfter = ({ unattended }: Attachment, { hook }: HookCall) =>
  hook === 'on_timer' ? unattended + 1 : hook === 'on_event' ? unattended : 0;
