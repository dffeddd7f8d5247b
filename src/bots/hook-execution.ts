import { Inject, Injectable } from '@nestjs/common';
import { runKey } from '../../bot-sdk/chance.js';
import { DEFAULT_LIMITS, type HookCall, type HookInput, type RunResult } from '../../bot-sdk/contract.js';
import { History } from '../messaging/history.js';
import { ConfigError } from '../platform/config.js';
import { Database } from '../platform/database.js';
import type { Log } from '../platform/logging.js';
import { Metrics } from '../platform/metrics.js';
import { LOG } from '../platform/platform.module.js';
import { SealBroken } from '../platform/sealing.js';
import { Egress } from '../runtime/egress/egress.js';
import type { Exchange, FetchRecord } from '../runtime/egress/fetch-records.js';
import { Tunnel } from '../runtime/egress/tunnel.js';
import type { WebSession } from '../runtime/egress/web-session.js';
import { NO_PLACE, notRun, type RunnerName, type Way } from '../runtime/runner.js';
import { Attachments } from './attachments.service.js';
import type { Hearing } from './effects.js';
import { Executables } from './executables.js';
import { HookWait } from './hook-wait.js';
import { Verdicts } from './moderation/verdicts.service.js';
import { Rounds } from './rounds.service.js';
import { BotSecrets, type Secrets } from './secrets/bot-secrets.service.js';
import type { Env } from './secrets/env.js';
import { guardedExchange, guardedRun } from './secrets/guarded-run.js';
import { SecretGuard } from './secrets/secret-guard.js';
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
    const { permissions, limits: declared } = attachment.manifest();
    const limits = { ...DEFAULT_LIMITS, ...declared };
    const secrets = await this.secretsOf(attachment);
    if (!secrets) return unseen(notRun('SECRETS_UNAVAILABLE', LOST_KEY));
    const input = await this.inputOf(hearing, call, secrets.env);
    if (!(await this.verdicts.mayRun(this.database.read, attachment))) return undefined;
    const over = new AbortController();
    const hosts = permissions.network;
    const session = this.egress.session({ hosts, limits: { requests: limits.fetches }, signal: over.signal });
    const result = await this.watched(hearing, call, code.runner.name, (turn) =>
      code.runner.run(code.executable, input, limits, wayOf(session, hosts), turn),
    );
    over.abort();
    await session.close();
    const guard = new SecretGuard(secrets.env);
    const exchanges = session.exchanges.map((exchange) => guardedExchange(exchange, guard));
    const fetches = session.records(exchanges);
    return { result: guardedRun(result, guard), exchanges, fetches, envCommitment: secrets.commitment };
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
  readonly result: RunResult;
  readonly exchanges: readonly Exchange[];
  readonly fetches: readonly FetchRecord[];
  /** Commits to the secrets that the bot was given, where it was. */
  readonly envCommitment?: string;
}

const LOST_KEY =
  'this server has lost the key to the secrets of the bot: its operator can restore it, or an admin of the channel give them again';

/** A run that did not get as far as the network. */
export const unseen = (result: RunResult): Execution => ({ result, exchanges: [], fetches: [] });

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
