import {
  DEFAULT_LIMITS,
  type HookInput,
  type Language,
  type RunError,
  type RunLimits,
  type RunResult,
} from '../../../bot-sdk/contract.js';
import { ENGINE } from '../../../bot-sdk/engine.js';
import {
  type BotKey,
  type Executable,
  type NetworkAccess,
  NO_PRIORITY,
  notRun,
  Runner,
  type RunPriority,
} from '../runner.js';
import { Lane, type LaneOptions } from './lane.js';
import { Paces } from './paces.js';
import { threadCpuMs } from './thread-cpu.js';

/** The maximum number of waiting hooks; a healthy server has far fewer. */
const MAX_QUEUE = 10_000;
/** The CPU time that a hook may use at each step, in milliseconds. A normal hook needs a few milliseconds. */
const SLICES_MS: readonly number[] = [100, 500];
/**
 * The wall time at each step, as a multiple of the CPU time, for a busy machine and for long native operations during
 * which QuickJS does not check the clock.
 */
const WALL_FACTOR = threadCpuMs ? 10 : 1;
/** Accounts whose hooks use at most this part of a slice are served before others and before new accounts. */
const SHORT_PART = 1 / 4;
/** An account uses at most one of them, so that its endless hooks do not delay the long hook of another account. */
const SLOW_WORKERS = 2;
/** These threads mostly wait for other servers. */
const WEB_WORKERS = 4;

/**
 * Runs JavaScript and TypeScript bots in QuickJS, in worker threads of this process. An endless hook occupies its
 * thread for its whole time limit, so a few such bots could block all others. Therefore there are several lanes: in the
 * first a hook has 100 ms of CPU time, in the next 500 ms, in the last all its limits. A hook has no effects until its
 * result is committed, so a hook that needs longer is repeated from the start in the next lane. The lane in which a
 * bot's hook starts depends on its recent running times (`Paces`). A bot with network access has effects, so it runs
 * once, in a lane of its own. In each lane accounts take turns, and within an account its channels; accounts with short
 * hooks come first. No account uses all threads of a lane if there are two or more, and late bots never use all slow or
 * network threads together. The lane affects only when a result is available, never the result.
 */
export class EmbeddedRunner extends Runner {
  readonly name = 'embedded';
  readonly languages: readonly Language[] = ['javascript', 'typescript'];
  private readonly ladder: readonly Lane[];
  private readonly web: Lane;
  private readonly paces: Paces;

  /** @param slices the CPU time of each step but the last in milliseconds; the last step has all limits of the hook */
  constructor(
    workers = 2,
    maxQueue = MAX_QUEUE,
    private readonly slices = SLICES_MS,
  ) {
    super();
    this.paces = new Paces(slices);
    const lane = (count: number, more: Partial<LaneOptions> = {}) =>
      new Lane({ workers: count, maxQueue, maxOfOne: Math.max(1, count - 1), ...more });
    this.ladder = [...slices, DEFAULT_LIMITS.cpuMs].map((slice, step) => {
      const shortMs = slice * SHORT_PART;
      return step === 0
        ? lane(workers, { shortMs })
        : lane(SLOW_WORKERS, { shortMs, maxLate: SLOW_WORKERS - 1, yields: true });
    });
    this.web = lane(WEB_WORKERS, { maxLate: WEB_WORKERS / 2, yields: true });
  }

  engineOf(): string {
    return ENGINE;
  }

  async check(executable: Executable): Promise<RunError | undefined> {
    return this.lacks(executable);
  }

  lacks({ language, modules }: Executable): RunError | undefined {
    if (this.languages.includes(language) && !modules.some((module) => module.startsWith('node:'))) return undefined;
    return { code: 'SANDBOX_UNAVAILABLE', detail: 'Python and the modules of Node need a container' };
  }

  async run(
    executable: Executable,
    input: HookInput,
    limits: RunLimits,
    network: NetworkAccess,
    turn: RunPriority = NO_PRIORITY,
  ): Promise<RunResult> {
    const fault = this.lacks(executable);
    if (fault) return notRun(fault.code, fault.detail);
    const { account, isLate } = turn;
    const program = { ...executable, owner: executable.isPreset ? undefined : account };
    if (network.isOpen) return (await this.web.run(program, input, limits, network, turn)).result;
    for (let step = isLate ? this.slices.length : this.paces.stepOf(account, input); ; step++) {
      const slice = sliceOf(limits, this.slices[step]);
      const { result, usedMs } = await (this.ladder[step] as Lane).run(program, input, slice, network, turn);
      if (isDecided(result, slice, limits)) {
        if (result.outcome !== 'killed') this.paces.ended(account, input, usedMs);
        return result;
      }
      if (usedMs >= slice.cpuMs) this.paces.overran(account, input, step);
    }
  }

  tryOut(
    executable: Executable,
    input: HookInput,
    limits: RunLimits,
    network: NetworkAccess,
    turn: RunPriority,
  ): Promise<RunResult> {
    return this.run(executable, input, limits, network, turn);
  }

  forget(bot: BotKey): void {
    for (const lane of this.lanes()) lane.forget(bot);
    this.paces.forget(bot);
  }

  /** Stops every thread. Running and waiting hooks end as killed. */
  async close(): Promise<void> {
    await Promise.all(this.lanes().map((lane) => lane.close()));
  }

  private lanes(): Lane[] {
    return [...this.ladder, this.web];
  }
}

/** The limits of a hook at one step. */
function sliceOf(limits: RunLimits, sliceMs = Number.POSITIVE_INFINITY): RunLimits {
  const wallMs = Math.min(sliceMs * WALL_FACTOR, limits.wallMs);
  return { ...limits, wallMs, cpuMs: Math.min(sliceMs, limits.cpuMs) };
}

/** Whether a result is final, so that the hook need not be repeated with more time. */
function isDecided({ outcome, ms }: RunResult, slice: RunLimits, limits: RunLimits): boolean {
  const isCut = slice.wallMs < limits.wallMs || slice.cpuMs < limits.cpuMs;
  return outcome !== 'timed_out' || !isCut || ms >= limits.wallMs;
}
