import type { HookInput, Language, RunError, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { LANGUAGES } from '../../../bot-sdk/contract.js';
import { inBackground } from '../../kernel/background.js';
import { sha256 } from '../../kernel/hash.js';
import type { Log } from '../../platform/logging.js';
import type { Place } from '../fair-queue.js';
import { ANY_TURN, type BotKey, type Executable, notRun, Runner, type Turn, type Way } from '../runner.js';
import type { Harness } from './container-options.js';
import { type Berth, Fleet, type FleetSettings, NoSandbox } from './fleet.js';
import { KeptSandboxes } from './kept-sandboxes.js';
import { Lines } from './lines.js';
import { Recent } from './recent.js';
import type { Ran, Sandbox } from './sandbox.js';

export interface DockerSettings extends FleetSettings {
  /** Whether a bot keeps its sandbox from one hook to the next. */
  readonly reuse: boolean;
  readonly idleMs: number;
}

/** A sandbox that has run so many hooks, or is so old, is replaced: what could have gathered in it goes. */
const MOST_HOOKS = 500;
const MOST_AGE_MS = 30 * 60_000;
const BINDS = 2;
const MOST_CHECKED = 500;
/** In the queue for a sandbox, an account's code that is only tried takes turns like a channel of it. */
const CHECKING = 'check';

/**
 * Runs bots in containers. A container serves one attachment and nothing else, ever: it is taken from a pool of started
 * ones, kept while the bot is busy, and destroyed when it idles, ends, misbehaves or gets old.
 */
export class DockerRunner extends Runner {
  readonly name = 'docker';
  readonly languages: readonly Language[] = LANGUAGES;
  private readonly fleet: Fleet;
  private readonly kept = new KeptSandboxes<Executable>();
  private readonly busy = new Map<string, Sandbox>();
  /** Of each bot that waits or runs: aborted when the bot is gone. */
  private readonly present = new Map<string, AbortController>();
  private readonly lines = new Lines();
  /** What was wrong with code that somebody attached before; the same code is not tried twice. */
  private readonly checked = new Recent<RunError | undefined>(MOST_CHECKED);
  private isClosed = false;

  constructor(
    private readonly machines: readonly [Berth, ...Berth[]],
    private readonly settings: DockerSettings,
    log: Log,
  ) {
    super();
    this.fleet = new Fleet(machines, settings, log, () => this.kept.giveUpIdle());
  }

  /** Removes what a crash left behind, and answers with how many containers that were. */
  sweep(): Promise<number> {
    return this.fleet.sweep();
  }

  fillPool(): void {
    this.fleet.pool.fill();
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
    const { length: containers, waitingLength: waiting, starting, starts, pool } = this.fleet;
    const { most } = this.settings;
    return { containers, most, waiting, starting, starts, ready: pool.ready, isFailing: pool.isSick };
  }

  lacks(): undefined {
    return undefined;
  }

  /** JavaScript was read already; only Python itself can say whether something is Python. */
  async check(executable: Executable, account = ''): Promise<RunError | undefined> {
    if (executable.language !== 'python') return undefined;
    const { executed, className, modules } = executable;
    const code = sha256(JSON.stringify([executed, className, modules]));
    if (!this.checked.has(code)) {
      const fault = await this.faultOf(executable, { account, line: CHECKING });
      // Whatever else stood in the way was the machine's, not the bot's.
      if (fault && !THREW.has(fault.code)) return fault;
      this.checked.set(code, fault);
    }
    return this.checked.get(code);
  }

  async run(
    executable: Executable,
    input: HookInput,
    limits: RunLimits,
    way: Way,
    turn: Turn = ANY_TURN,
  ): Promise<RunResult> {
    const key = keyOf(input);
    const bot = this.present.get(key) ?? new AbortController();
    this.present.set(key, bot);
    const work = () => this.runNow(key, executable, input, limits, way, turn, bot.signal);
    const result = await this.lines.next(key, work).finally(() => {
      if (this.lines.isEmpty(key)) this.present.delete(key);
    });
    return result ?? notRun('QUEUE_FULL', 'too many hooks of this bot are waiting');
  }

  forget(bot: BotKey): void {
    const key = keyOf(bot);
    this.present.get(key)?.abort();
    this.present.delete(key);
    inBackground('removing a sandbox', this.kept.take(key)?.destroy());
    // What a hook that still runs would do is not taken any more.
    inBackground('removing a sandbox', this.busy.get(key)?.destroy());
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.fleet.close();
  }

  private async runNow(
    key: string,
    executable: Executable,
    input: HookInput,
    limits: RunLimits,
    way: Way,
    turn: Turn,
    isGone: AbortSignal,
  ) {
    const started = performance.now();
    const gone = () => notRun('RUNNER_CRASHED', 'the bot is gone', performance.now() - started);
    if (isGone.aborted) return gone();
    try {
      turn.waits();
      const place = { account: turn.account, line: input.channel_id, isLate: turn.isLate };
      const sandbox = await this.sandboxFor(key, executable, place, way);
      turn.began();
      try {
        if (isGone.aborted) {
          inBackground('removing a sandbox', sandbox.destroy());
          return gone();
        }
        this.busy.set(key, sandbox);
        const ran = await sandbox.run(input, limits, way).finally(() => this.busy.delete(key));
        this.putBack(key, sandbox, executable, ran);
        return ran.result;
      } finally {
        this.fleet.leave(turn.account);
      }
    } catch (error) {
      const { code, detail, ...more } = refusalOf(error);
      const result = notRun(code, detail, performance.now() - started);
      return THREW.has(code) ? { ...result, outcome: 'threw' as const, error: { code, detail, ...more } } : result;
    }
  }

  private async faultOf(executable: Executable, place: Place): Promise<RunError | undefined> {
    try {
      const sandbox = await this.bound(executable, place, false);
      inBackground('removing a sandbox', sandbox.destroy());
      this.fleet.leave(place.account);
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  }

  private async sandboxFor(key: string, executable: Executable, place: Place, way: Way): Promise<Sandbox> {
    if (this.isClosed) throw new Unbound({ code: 'RUNNER_CRASHED', detail: 'the runner is closed' });
    const kept = this.kept.take(key, executable);
    if (!kept) return this.bound(executable, place, way.isOpen);
    this.fleet.enter(place.account);
    return kept;
  }

  /** A sandbox that has read the bot. */
  private async bound(executable: Executable, place: Place, hasNetwork: boolean): Promise<Sandbox> {
    for (let attempt = 1; ; attempt++) {
      const sandbox = await this.fleet.take(harnessOf(executable), place);
      const fault = await sandbox.bind(executable, hasNetwork);
      if (!fault) return sandbox;
      const hasDied = !sandbox.isUsable;
      inBackground('removing a sandbox', sandbox.destroy());
      this.fleet.leave(place.account);
      // One that died in the pool says nothing about the bot; one that dies of the bot does so again.
      if (!hasDied) throw new Unbound(fault);
      if (attempt >= BINDS)
        throw new Unbound({ code: 'RUNNER_CRASHED', detail: 'the sandbox ended while it read the bot' });
    }
  }

  private putBack(key: string, sandbox: Sandbox, executable: Executable, { isReusable }: Ran) {
    const isFresh = sandbox.hooks < MOST_HOOKS && performance.now() - sandbox.startedAt < MOST_AGE_MS;
    // Somebody who waits needs the place more than this bot, which may never be asked again.
    const isSpare = !this.fleet.isCrowded;
    const isKept = this.settings.reuse && isReusable && isFresh && isSpare && sandbox.isUsable && !this.isClosed;
    if (isKept) this.kept.keep(key, sandbox, executable, this.settings.idleMs);
    else inBackground('removing a sandbox', sandbox.destroy());
  }
}

/** What a bot does wrong before it runs. */
const THREW = new Set<RunError['code']>(['BOT_THREW', 'MODULE_NOT_ALLOWED']);

class Unbound extends Error {
  constructor(readonly fault: RunError) {
    super(fault.detail);
  }
}

function refusalOf(error: unknown): RunError {
  if (error instanceof Unbound) return error.fault;
  if (error instanceof NoSandbox) return { code: error.code, detail: error.detail };
  throw error;
}

const harnessOf = ({ language }: Executable): Harness => (language === 'python' ? 'python' : 'node');

const keyOf = ({ channel_id, bot_id }: BotKey) => `${channel_id} ${bot_id}`;
