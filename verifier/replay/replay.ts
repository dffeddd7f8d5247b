import type { Bot } from '../bundle/bots.js';
import { stateHash } from '../bundle/bundle.js';
import type { Executed } from '../bundle/executed.js';
import { type Model, receiptsOfBot } from '../bundle/model.js';
import type { Receipt } from '../bundle/receipt.js';
import type { KnownTexts } from '../claims/code.js';
import type { Json } from '../encoding/json.js';
import type { ClaimDraft, Reason } from '../report/claim.js';
import { type Executor, NoSandboxError, programOf } from './executor.js';
import { inputOf, limitsOf } from './hook-input.js';
import { checkChanges, checkError, checkFinish, checkPosts, checkReveals, errorOf, type Repeated } from './outputs.js';
import { RecordedWeb } from './recorded-web.js';
import { TimerBook } from './timers.js';

export interface ReplayClaims {
  /** Every output and state hash of every run. */
  readonly replay: ClaimDraft;
  /** Where chance comes from. */
  readonly chance: ClaimDraft;
}

export interface ReplayMeans {
  readonly texts: KnownTexts;
  /** The executor for an engine; undefined if there is none. */
  executorOf(executed: Executed): Executor;
  progress?(done: number, all: number): void;
}

/** Executes every run with an open receipt again, and compares what it gives with what is recorded. */
export async function replay(claims: ReplayClaims, model: Model, means: ReplayMeans): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let done = 0;
  for (const bot of model.bots.values()) {
    const bench = new BotReplay(claims, model, means, bot);
    for (const receipt of receiptsOfBot(model, bot)) {
      if (await bench.repeat(receipt)) counts.set(bot.botId, (counts.get(bot.botId) ?? 0) + 1);
      done += 1;
      means.progress?.(done, model.receipts.length);
      if (bench.isStopped) {
        claims.replay.unchecked('stopped', 'the runs after one that does not end are not repeated', receipt.seq);
        return counts;
      }
    }
  }
  return counts;
}

/** Repeats the runs of one bot, one after another. */
class BotReplay {
  private readonly sealed = new Map<string, number>();
  private readonly timers = new TimerBook();
  private previous?: Receipt;
  /** The version of the state after the last run, if it is known. */
  private version?: number;
  private isEarlyDrawNoted = false;
  isStopped = false;

  constructor(
    private readonly claims: ReplayClaims,
    private readonly model: Model,
    private readonly means: ReplayMeans,
    private readonly bot: Bot,
  ) {}

  /** Whether the run was repeated. */
  async repeat(receipt: Receipt): Promise<boolean> {
    this.timers.forgetVoided(this.bot, receipt, this.previous);
    this.timers.checkFired(this.claims.replay, this.model, receipt);
    const isRepeated = await this.attempt(receipt);
    if (!isRepeated) {
      this.timers.lose();
      this.version = undefined;
    }
    this.previous = receipt;
    return isRepeated;
  }

  private async attempt(receipt: Receipt): Promise<boolean> {
    const { replay } = this.claims;
    const obstacle = await this.obstacleTo(receipt);
    if (obstacle) {
      replay.unchecked(obstacle.reason, `run ${receipt.run} is not repeated: ${obstacle.text}`, receipt.seq);
      return false;
    }
    const given = inputOf(this.model, this.bot, receipt);
    if ('diverged' in given) {
      replay.diverged(`run ${receipt.run}: ${given.diverged}`, receipt.seq);
      return false;
    }
    if ('unchecked' in given) {
      replay.unchecked(given.unchecked, `run ${receipt.run} is not repeated: ${given.text}`, receipt.seq);
      return false;
    }
    const { bot, model, sealed } = this;
    const executed = this.means.texts.executed.get(receipt.bundle_hash) as Executed;
    const web = new RecordedWeb(
      model.bundle.exchanges.filter(({ bot_id, run }) => bot_id === bot.botId && run === receipt.run),
    );
    const executor = this.means.executorOf(executed);
    const program = programOf(receipt.bundle_hash, executed, bot, model.bundle.sources.get(bot.codeHash));
    const result = await executor.run(program, given.input, limitsOf(bot), web.ask).catch(unlessNoSandbox);
    if (result instanceof NoSandboxError) {
      replay.unchecked('no-containers', `run ${receipt.run} is not repeated: ${result.message}`, receipt.seq);
      return false;
    }
    this.compare({ bot, receipt, result, sealed }, web);
    if (result.drew) this.sayDraw(receipt, given.hasEntropy);
    this.timers.apply(result.effects, given.input.now);
    this.version = result.state?.version ?? receipt.state_version;
    return true;
  }

  private compare(repeated: Repeated, web: RecordedWeb) {
    const { receipt, result } = repeated;
    const { replay } = this.claims;
    const { model } = this;
    replay.count();
    this.checkVersion(receipt);
    if (web.difference !== undefined) replay.diverged(`run ${receipt.run}: ${web.difference}`, receipt.seq);
    if (result.outcome !== receipt.outcome) {
      replay.diverged(`run ${receipt.run} ends as ${result.outcome}, and ${receipt.outcome} is recorded`, receipt.seq);
      this.isStopped = result.outcome === 'timed_out';
      return;
    }
    checkPosts(replay, model, repeated);
    checkReveals(replay, model, repeated);
    checkFinish(replay, model, repeated);
    checkChanges(replay, model, repeated);
    const after = result.state ? stateHash(result.state.value as Json) : receipt.state_before;
    if (after !== receipt.state_after) replay.diverged(`run ${receipt.run} ends with another state`, receipt.seq);
    if (result.outcome === 'threw') checkError(replay, model, repeated);
    else if (errorOf(model.log, this.bot, receipt)) {
      replay.diverged(`run ${receipt.run} has no error, and one is in the log`, receipt.seq);
    }
  }

  /** A change of the state by an admin is another claim. */
  private checkVersion({ run, seq, state_version, state_before }: Receipt) {
    const { previous, version } = this;
    if (version === undefined || previous?.run !== run - 1 || previous.state_after !== state_before) return;
    if (state_version < version)
      this.claims.replay.diverged(`run ${run} begins with an older version of the state`, seq);
  }

  private async obstacleTo(receipt: Receipt): Promise<{ reason: Reason; text: string } | undefined> {
    const { outcome, fetches, env_commit, bundle_hash, state_before } = receipt;
    const { texts, executorOf } = this.means;
    if (outcome === 'timed_out' || outcome === 'killed') return this.recordedFailure(receipt);
    if (env_commit !== undefined || this.bot.hasSecrets) {
      return { reason: 'secrets', text: 'the bot has secrets, which are not in the file' };
    }
    if (fetches.some(({ tunnel }) => tunnel !== undefined)) {
      return { reason: 'tunnel', text: 'what passed through its raw connection is not recorded' };
    }
    const executed = texts.executed.get(bundle_hash);
    if (!executed || !this.model.bundle.states.has(state_before)) {
      return { reason: 'file-invalid', text: 'what it needs is missing' };
    }
    return texts.unknown.get(bundle_hash) ?? (await executorOf(executed).lacks(executed));
  }

  /** It has posted nothing and left the state as it was; why it was stopped cannot be repeated. */
  private recordedFailure(receipt: Receipt) {
    const { replay } = this.claims;
    const { run, seq, outputs, state_before, state_after, channel_ops, outcome } = receipt;
    if (outputs.length > 0 || channel_ops !== undefined || state_before !== state_after) {
      replay.diverged(`run ${run} was stopped, and has an effect`, seq);
    }
    const error = errorOf(this.model.log, this.bot, receipt);
    if (!error) replay.diverged(`the error of run ${run} is not in the log`, seq);
    return { reason: 'recorded-failure', text: `${outcome} is recorded (${String(error?.body.code)})` } as const;
  }

  private sayDraw({ run, event_seq, round }: Receipt, hasEntropy: boolean) {
    const { chance } = this.claims;
    chance.count();
    if (!hasEntropy) {
      const text = `run ${run} draws before any player has given entropy: it is fair only if the server did not choose its seed`;
      chance.unchecked('no-entropy', text, event_seq);
    }
    const joinsLater = this.model.receipts.some(
      (other) =>
        other.bot_id === this.bot.botId && other.round === round && other.run > run && other.hook === 'on_join',
    );
    if (this.isEarlyDrawNoted || !joinsLater) return;
    this.isEarlyDrawNoted = true;
    chance.note(`${this.bot.botId} drew in run ${run}, before all players of the round had joined.`);
  }
}

function unlessNoSandbox(error: unknown): NoSandboxError {
  if (error instanceof NoSandboxError) return error;
  throw error;
}
