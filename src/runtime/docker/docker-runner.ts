import type { HookInput, Language, RunError, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { LANGUAGES } from '../../../bot-sdk/contract.js';
import { inBackground } from '../../kernel/background.js';
import { BoundedMap } from '../../kernel/bounded-map.js';
import { contentHash } from '../../kernel/hash.js';
import type { Log } from '../../platform/observability/logging.js';
import type { QueuePosition } from '../fair-queue.js';
import {
  type BotKey,
  type Executable,
  type NetworkAccess,
  NO_PRIORITY,
  notRun,
  Runner,
  type RunPriority,
} from '../runner.js';
import { abandonedTests, forgetTest } from './abandoned-tests.js';
import type { Harness } from './container-options.js';
import { KeptSandboxes } from './kept-sandboxes.js';
import { Lines } from './lines.js';
import type { Sandbox, SandboxRun } from './sandbox.js';
import {
  NoSandboxError,
  type SandboxHost,
  SandboxScheduler,
  type SandboxSchedulerSettings,
} from './sandbox-scheduler.js';

export interface DockerSettings extends SandboxSchedulerSettings {
  /** Whether a bot keeps its sandbox for its next hook. */
  readonly reuse: boolean;
  readonly idleMs: number;
}

/** A sandbox is replaced after this many hooks or this age, so that nothing accumulates in it. */
const MAX_HOOKS = 500;
const MAX_AGE_MS = 30 * 60_000;
const BINDS = 2;
const MAX_CHECKED = 500;
/** In the queue for sandboxes, checks of new code count as one channel of the account. */
const CHECKING = 'check';

/** One hook to run, as `run` was asked for it. */
interface RequestedRun {
  readonly executable: Executable;
  readonly input: HookInput;
  readonly limits: RunLimits;
  readonly network: NetworkAccess;
  readonly turn: RunPriority;
}

/**
 * Runs bots in containers. A container serves only one attachment: it is taken from a pool, kept while the bot is busy,
 * and destroyed when it is idle, ends, misbehaves or is too old.
 */
export class DockerRunner extends Runner {
  readonly name = 'docker';
  readonly languages: readonly Language[] = LANGUAGES;
  private readonly scheduler: SandboxScheduler;
  private readonly kept = new KeptSandboxes<Executable>();
  private readonly busy = new Map<string, Sandbox>();
  /** For each bot that waits or runs: aborted when the bot is removed. */
  private readonly present = new Map<string, AbortController>();
  private readonly lines = new Lines();
  /** The results of earlier checks, so that the same code is not checked twice. */
  private readonly checked = new BoundedMap<RunError | undefined>(MAX_CHECKED);
  private isClosed = false;

  constructor(
    private readonly machines: readonly [SandboxHost, ...SandboxHost[]],
    private readonly settings: DockerSettings,
    log: Log,
  ) {
    super();
    this.scheduler = new SandboxScheduler(machines, settings, log, () => this.kept.evictIdle());
  }

  /** Removes containers left by a crash of this server, or by tests of bots on this machine. Returns their number. */
  async sweep(): Promise<number> {
    let count = await this.scheduler.sweep();
    for (const test of abandonedTests()) {
      if (test.label) count += await this.scheduler.sweep(test.label);
      forgetTest(test);
    }
    return count;
  }

  fillPool(): void {
    this.scheduler.pool.fill();
  }

  async open(): Promise<void> {
    await this.sweep();
    this.fillPool();
  }

  engineOf(language: Language): string {
    const { node, python, rootfs } = this.machines[0].image;
    return `${language === 'python' ? `python@${python}` : `node@${node}`} rootfs ${rootfs}`;
  }

  get status() {
    const { length: containers, waitingLength: waiting, starting, starts, pool } = this.scheduler;
    const { maxContainers: most } = this.settings;
    return { containers, most, waiting, starting, starts, ready: pool.ready, isFailing: pool.isSick };
  }

  lacks(): undefined {
    return undefined;
  }

  /** JavaScript was already parsed; Python can be checked only by Python itself. */
  async check(executable: Executable, account = ''): Promise<RunError | undefined> {
    if (executable.language !== 'python') return undefined;
    const { executed, className, modules } = executable;
    const code = contentHash(JSON.stringify([executed, className, modules]));
    if (!this.checked.has(code)) {
      const fault = await this.faultOf(executable, { account, line: CHECKING });
      // Other failures are caused by the machine, not by the bot.
      if (fault && !THREW.has(fault.code)) return fault;
      this.checked.set(code, fault);
    }
    return this.checked.get(code);
  }

  async run(
    executable: Executable,
    input: HookInput,
    limits: RunLimits,
    network: NetworkAccess,
    turn: RunPriority = NO_PRIORITY,
  ): Promise<RunResult> {
    const key = keyOf(input);
    const bot = this.present.get(key) ?? new AbortController();
    this.present.set(key, bot);
    const work = () => this.runNow(key, { executable, input, limits, network, turn }, bot.signal);
    const result = await this.lines.next(key, work).finally(() => {
      if (this.lines.isEmpty(key)) this.present.delete(key);
    });
    return result ?? notRun('QUEUE_FULL', 'too many hooks of this bot are waiting');
  }

  /** Runs the trial in a sandbox that no attachment gets afterwards. */
  async tryOut(
    executable: Executable,
    input: HookInput,
    limits: RunLimits,
    network: NetworkAccess,
    turn: RunPriority,
  ): Promise<RunResult> {
    const started = performance.now();
    try {
      if (this.isClosed) throw CLOSED;
      turn.waits();
      const place = { account: turn.account, line: CHECKING, isLate: turn.isLate };
      const sandbox = await this.bound(executable, place, network.isOpen);
      turn.began();
      try {
        return (await sandbox.run(input, limits, network)).result;
      } finally {
        inBackground('removing a sandbox', sandbox.destroy());
        this.scheduler.leave(turn.account);
      }
    } catch (error) {
      return unboundRun(error, performance.now() - started);
    }
  }

  forget(bot: BotKey): void {
    const key = keyOf(bot);
    this.present.get(key)?.abort();
    this.present.delete(key);
    inBackground('removing a sandbox', this.kept.take(key)?.destroy());
    // The result of a hook that is still running is discarded.
    inBackground('removing a sandbox', this.busy.get(key)?.destroy());
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.scheduler.close();
  }

  private async runNow(key: string, requested: RequestedRun, isGone: AbortSignal) {
    const { executable, input, limits, network, turn } = requested;
    const started = performance.now();
    const gone = () => notRun('RUNNER_CRASHED', 'the bot is gone', performance.now() - started);
    if (isGone.aborted) return gone();
    try {
      turn.waits();
      const place = { account: turn.account, line: input.channel_id, isLate: turn.isLate };
      const sandbox = await this.sandboxFor(key, executable, place, network);
      turn.began();
      try {
        if (isGone.aborted) {
          inBackground('removing a sandbox', sandbox.destroy());
          return gone();
        }
        this.busy.set(key, sandbox);
        const execution = await sandbox.run(input, limits, network).finally(() => this.busy.delete(key));
        this.putBack(key, sandbox, executable, execution);
        return execution.result;
      } finally {
        this.scheduler.leave(turn.account);
      }
    } catch (error) {
      return unboundRun(error, performance.now() - started);
    }
  }

  private async faultOf(executable: Executable, place: QueuePosition): Promise<RunError | undefined> {
    try {
      const sandbox = await this.bound(executable, place, false);
      inBackground('removing a sandbox', sandbox.destroy());
      this.scheduler.leave(place.account);
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  }

  private async sandboxFor(
    key: string,
    executable: Executable,
    place: QueuePosition,
    network: NetworkAccess,
  ): Promise<Sandbox> {
    if (this.isClosed) throw CLOSED;
    const sandbox = this.kept.take(key, executable);
    if (!sandbox) return this.bound(executable, place, network.isOpen);
    this.scheduler.enter(place.account);
    return sandbox;
  }

  /** A sandbox into which the bot is loaded. */
  private async bound(executable: Executable, place: QueuePosition, hasNetwork: boolean): Promise<Sandbox> {
    for (let attempt = 1; ; attempt++) {
      const sandbox = await this.scheduler.take(harnessOf(executable), place);
      const fault = await sandbox.bind(executable, hasNetwork).catch((error: unknown) => {
        // Otherwise the account would keep a place without a sandbox, and in the end have none left.
        inBackground('removing a sandbox', sandbox.destroy());
        this.scheduler.leave(place.account);
        throw error;
      });
      if (!fault) return sandbox;
      const hasDied = !sandbox.isUsable;
      inBackground('removing a sandbox', sandbox.destroy());
      this.scheduler.leave(place.account);
      // If the sandbox died while idle in the pool it is not the bot's fault, and a second one is tried.
      if (!hasDied) throw new UnboundError(fault);
      if (attempt >= BINDS)
        throw new UnboundError({ code: 'RUNNER_CRASHED', detail: 'the sandbox ended while it read the bot' });
    }
  }

  private putBack(key: string, sandbox: Sandbox, executable: Executable, { isReusable }: SandboxRun) {
    const isFresh = sandbox.hooks < MAX_HOOKS && performance.now() - sandbox.startedAt < MAX_AGE_MS;
    // If others wait for a place, the sandbox is destroyed instead of kept for this bot.
    const isSpare = !this.scheduler.isCrowded;
    const isKept = this.settings.reuse && isReusable && isFresh && isSpare && sandbox.isUsable && !this.isClosed;
    if (isKept) this.kept.keep(key, sandbox, executable, this.settings.idleMs);
    else inBackground('removing a sandbox', sandbox.destroy());
  }
}

/** Errors of the bot's code before its hook runs. */
const THREW = new Set<RunError['code']>(['BOT_THREW', 'MODULE_NOT_ALLOWED']);

class UnboundError extends Error {
  constructor(readonly fault: RunError) {
    super(fault.detail);
  }
}

const CLOSED = new UnboundError({ code: 'RUNNER_CRASHED', detail: 'the runner is closed' });

/** The result of a hook whose bot could not be loaded into a sandbox. */
function unboundRun(error: unknown, ms: number): RunResult {
  const { code, detail, ...more } = refusalOf(error);
  const result = notRun(code, detail, ms);
  return THREW.has(code) ? { ...result, outcome: 'threw', error: { code, detail, ...more } } : result;
}

function refusalOf(error: unknown): RunError {
  if (error instanceof UnboundError) return error.fault;
  if (error instanceof NoSandboxError) return { code: error.code, detail: error.detail };
  throw error;
}

const harnessOf = ({ language }: Executable): Harness => (language === 'python' ? 'python' : 'node');

const keyOf = ({ channel_id, bot_id }: BotKey) => `${channel_id} ${bot_id}`;
