import { Inject, Injectable } from '@nestjs/common';
import { runKey } from '../../bot-sdk/chance.js';
import {
  type BotErrorCode,
  DEFAULT_LIMITS,
  type HookCall,
  type HookInput,
  type RunError,
  type RunLimits,
  type RunResult,
} from '../../bot-sdk/contract.js';
import { History } from '../messaging/history.js';
import { ConfigError } from '../platform/config.js';
import { Database } from '../platform/database.js';
import type { Log } from '../platform/logging.js';
import { Metrics } from '../platform/metrics.js';
import { LOG } from '../platform/platform.module.js';
import { SealBroken } from '../platform/sealing.js';
import type { AnswerMemory } from '../runtime/egress/answer-memory.js';
import { Egress } from '../runtime/egress/egress.js';
import type { Exchange, FetchRecord } from '../runtime/egress/fetch-records.js';
import { Tunnel } from '../runtime/egress/tunnel.js';
import type { WebSession } from '../runtime/egress/web-session.js';
import { NO_PLACE, notRun, type RunnerName, type Way } from '../runtime/runner.js';
import { Attachments } from './attachments.service.js';
import { opsAskedFor } from './channel-changes.js';
import type { Hearing } from './effects.js';
import { bytesOf } from './exchanges.js';
import { Executables, type GenuineCode } from './executables.js';
import { HookWait } from './hook-wait.js';
import { Verdicts } from './moderation/verdicts.service.js';
import { RunMemory } from './play/run-memory.service.js';
import { Rounds } from './rounds.service.js';
import { BotSecrets, NO_MASK, type Secrets } from './secrets/bot-secrets.service.js';
import type { Env } from './secrets/env.js';
import type { SecretMask } from './secrets/secret-mask.js';
import { toldExchange, toldRun } from './secrets/told-run.js';
import { isLate } from './strikes.js';

/** Running a hook on what the log says was so at its event. Nothing of it has happened yet. */
@Injectable()
export class HookExecution {
  constructor(
    private readonly database: Database,
    private readonly egress: Egress,
    private readonly executables: Executables,
    private readonly attachments: Attachments,
    private readonly history: History,
    private readonly rounds: Rounds,
    private readonly secrets: BotSecrets,
    private readonly verdicts: Verdicts,
    private readonly memories: RunMemory,
    private readonly metrics: Metrics,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Undefined where an admin has stopped the code since the hook was due: then it does not begin. */
  async execute(hearing: Hearing, call: HookCall): Promise<Execution | undefined> {
    const { attachment } = hearing;
    const code = await this.executables.of(this.database.read, attachment);
    if (!code) return unseen(notRun('CODE_CHANGED', 'the code is not the code that was announced'));
    const lack = code.runner.lacks(code.executable);
    if (lack) return unseen(notRun(lack.code, lack.detail));
    if (code.bundleHash !== attachment.bundleHash) await this.attachments.renew(attachment, code);
    const { limits: declared } = attachment.manifest();
    const limits = { ...DEFAULT_LIMITS, ...declared };
    const secrets = await this.secretsOf(attachment);
    if (!secrets) return unseen(notRun('SECRETS_UNAVAILABLE', LOST_KEY));
    const input = await this.inputOf(hearing, call, secrets.env);
    if (!(await this.verdicts.mayRun(this.database.read, attachment))) return undefined;
    const memory = await this.memories.of(hearing, secrets.commitment === undefined);
    const attempt = () => this.attempt(hearing, call, code, input, limits, memory);
    const first = await attempt();
    const { result, session } = wasStopped(first.result.error) ? await attempt() : first;
    const { mask, commitment: envCommitment } = secrets;
    const exchanges = session.exchanges.map((exchange) => toldExchange(exchange, mask));
    const fetches = session.records(exchanges);
    const bytes = bytesWritten(result, session.exchanges);
    return { ran: result, result: toldRun(result, mask), mask, bytes, exchanges, fetches, envCommitment };
  }

  /** Every attempt has the same input, the same key and the same answers of the network as the one before. */
  private async attempt(
    hearing: Hearing,
    call: HookCall,
    { runner, executable }: GenuineCode,
    input: HookInput,
    limits: RunLimits,
    memory: AnswerMemory,
  ) {
    const over = new AbortController();
    const hosts = hearing.attachment.manifest().permissions.network;
    const session = this.egress.session({ hosts, limits: { requests: limits.fetches }, signal: over.signal, memory });
    const result = await this.watched(hearing, call, runner.name, (turn) =>
      runner.run(executable, input, limits, wayOf(session, hosts), turn),
    );
    over.abort();
    await session.close();
    return { result, session };
  }

  /** Undefined where they are sealed with a key that is gone: the operator is told, and the bot waits for it. */
  private async secretsOf({ channelId, botId }: Hearing['attachment']): Promise<Secrets | undefined> {
    try {
      return await this.secrets.of(this.database.read, { channelId, botId });
    } catch (error) {
      if (!(error instanceof SealBroken || error instanceof ConfigError)) throw error;
      this.log.error({ channel: channelId, bot: botId, err: error }, 'the secrets of a bot cannot be opened');
      return undefined;
    }
  }

  /** Runs the hook where the operator can see it. */
  private async watched(
    { attachment, run }: Hearing,
    { hook }: HookCall,
    runner: RunnerName,
    work: (turn: HookWait) => Promise<RunResult>,
  ) {
    const { channelId: channel, botId: bot, accountId, strikes } = attachment;
    const fields = { channel, bot, run, hook };
    const wait = new HookWait(accountId, isLate(strikes), runner, this.metrics, this.log, fields);
    this.metrics.hooksRunning.inc({ runner });
    const result = await work(wait);
    wait.over();
    const { outcome, error, ms } = result;
    this.metrics.hooksRunning.dec({ runner });
    this.metrics.hooks.inc({ runner, outcome });
    this.metrics.hookSeconds.observe({ runner }, ms / 1_000);
    const isDeferred = error !== undefined && NO_PLACE.has(error.code);
    if (isDeferred) this.metrics.hooksDeferred.inc({ runner });
    this.log[outcome === 'ok' ? 'debug' : isDeferred ? 'warn' : 'info'](
      { ...fields, runner, outcome, code: error?.code, ms },
      isDeferred ? 'a hook had no place to run and is tried again later' : 'hook',
    );
    return result;
  }

  private async inputOf({ attachment, event, run }: Hearing, call: HookCall, env: Env): Promise<HookInput> {
    const tx = this.database.read;
    const { channelId, botId, round } = attachment;
    const seed = await this.rounds.seed(tx, attachment, round);
    const entropy = await this.history.entropy(tx, channelId, event.seq);
    return {
      channel_id: channelId,
      bot_id: botId,
      call,
      now: event.ts,
      params: attachment.params(),
      state: attachment.state(),
      state_version: attachment.stateVersion,
      players: await this.history.players(tx, channelId, event.seq),
      env: { ...env },
      key: runKey(seed, channelId, botId, round, run, entropy),
      run,
    };
  }
}

/** What a hook did, and what it was told by the network. */
export interface Execution {
  /** What it did. No secret changes what becomes of it, so limits and rules are asked of this. */
  readonly ran: RunResult;
  /** What leaves of that: the same without the secrets of the bot. */
  readonly result: RunResult;
  readonly mask: SecretMask;
  /** How much it wrote. */
  readonly bytes: number;
  readonly exchanges: readonly Exchange[];
  readonly fetches: readonly FetchRecord[];
  /** Commits to the secrets that the bot was given, where it was. */
  readonly envCommitment?: string;
}

/**
 * Ended by a limit or with its process. That may be the machine's bad day, so such a run is repeated once; one that threw
 * would throw again, because it had the same input.
 */
export const wasStopped = (error: RunError | undefined) => error !== undefined && STOPPED.has(error.code);
const STOPPED = new Set<BotErrorCode>(['TIMEOUT', 'MEMORY_LIMIT', 'STACK_OVERFLOW', 'RUNNER_CRASHED']);

const LOST_KEY =
  'this server has lost the key to the secrets of the bot: its operator can restore it, or an admin of the channel attach the bot anew';

/** A run that did not get as far as the network. */
export const unseen = (result: RunResult): Execution => ({
  ran: result,
  result,
  mask: NO_MASK,
  bytes: 0,
  exchanges: [],
  fetches: [],
});

/** A change of the channel counts as so many bytes, so that no bot changes it without end. */
const OP_COSTS = 100_000;

function bytesWritten({ effects, state, logs }: RunResult, exchanges: readonly Exchange[]): number {
  const said = effects.length || state ? JSON.stringify([effects, state?.value]).length : 0;
  return said + bytesOf(exchanges) + logs.join().length + opsAskedFor(effects).length * OP_COSTS;
}

function wayOf(session: WebSession, hosts: readonly string[]): Way {
  return {
    isOpen: hosts.length > 0,
    ask: session.ask,
    async tunnel(host, port) {
      const opened = await session.open(host, port);
      if (opened instanceof Tunnel) return opened;
      throw new Error(opened.detail);
    },
  };
}
