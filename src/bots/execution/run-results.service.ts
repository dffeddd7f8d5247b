import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { HookCall, RunError, RunResult } from '../../../bot-sdk/contract.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { Rounds } from '../attachments/rounds.service.js';
import { BotLogs } from './bot-logs.service.js';
import { Effects } from './effects.js';
import { type ExecutedHook, hasDrawnOrAsked, mayHaveDrawn, mayKnowMoreThanLog } from './executed-hook.js';
import type { HookInvocation } from './hook-invocation.js';
import { RunRecords } from './run-records.js';
import { RunStore } from './run-store.service.js';
import { strikesAfter } from './strikes.js';

/** A hook as it is committed. `refusal`: why its effects are not applied; then `result` has none. */
export interface CommittedHook extends ExecutedHook {
  readonly refusal?: RunError;
}

/**
 * Commits the results of a run: its effects, the state and strikes of the bot, its receipt and row, and the end of a
 * round.
 */
@Injectable()
export class RunResults {
  constructor(
    private readonly effects: Effects,
    private readonly records: RunRecords,
    private readonly logs: BotLogs,
    private readonly store: RunStore,
    private readonly rounds: Rounds,
  ) {}

  /** Called within the write that has claimed the hook. */
  async keep(tx: EntityManager, invocation: HookInvocation, call: HookCall, execution: CommittedHook) {
    const { attachment, run } = invocation;
    const { result, refusal } = execution;
    const applied = await this.effects.apply(tx, invocation, result.effects, mayKnowMoreThanLog(execution));
    const stateAfter = await this.keepState(tx, attachment, result);
    const strikes = strikesAfter(attachment.strikes, result.outcome);
    const { channelId, botId, round } = attachment;
    await tx.update(Attachment, { channelId, botId }, { unattended: unattendedAfter(attachment, call), strikes });
    if (result.error) await this.records.error(tx, invocation, call, result.error, hasDrawnOrAsked(execution));
    if (refusal?.code !== 'OUTPUT_LIMIT') await this.logs.keep(tx, attachment, run, result.logs);
    const receiptSeq = await this.records.receipt(tx, invocation, call, execution, applied.outputs, stateAfter);
    const exchanges = refusal ? [] : execution.exchanges;
    await this.store.keep(tx, invocation, { hook: call.hook, result, ...applied, receiptSeq, exchanges });
    if (hasHiddenPart(execution.ran)) await this.rounds.touch(tx, attachment, round, receiptSeq);
    await this.records.recordLateness(tx, invocation, strikes);
    await this.finishRound(tx, invocation, result);
    await this.records.timerFailure(tx, invocation, result.error);
  }

  /** Returns the canonical JSON of the state after the run. */
  private async keepState(tx: EntityManager, { channelId, botId, stateJson }: Attachment, { state }: RunResult) {
    if (!state) return stateJson;
    const after = canonicalJson(state.value);
    await tx.update(Attachment, { channelId, botId }, { stateJson: after, stateVersion: state.version });
    return after;
  }

  private async finishRound(tx: EntityManager, { attachment, event }: HookInvocation, { effects }: RunResult) {
    const finish = effects.find((effect) => effect.type === 'finish');
    if (!finish) return;
    const { channelId, botId, round } = attachment;
    await this.rounds.finish(tx, attachment, round, finish.result, event.seq);
    await tx.update(Attachment, { channelId, botId }, { round: round + 1 });
  }
}

/**
 * Whether the run has drawn, made a commitment, or posted something that not everyone may read: from then on its round
 * can be in play.
 */
const hasHiddenPart = (result: RunResult) =>
  mayHaveDrawn(result) ||
  result.effects.some(
    (effect) =>
      effect.type === 'post' && (effect.sealed || effect.to !== undefined || effect.body.type === 'bot:commit'),
  );

/** The number of timers since a member last posted. Posts of other bots change nothing. */
const unattendedAfter = ({ unattended }: Attachment, { hook }: HookCall) =>
  hook === 'on_timer' ? unattended + 1 : hook === 'on_event' ? unattended : 0;
