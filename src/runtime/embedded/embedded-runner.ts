import type { HookInput, Language, RunError, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { ENGINE } from '../../../bot-sdk/engine.js';
import { ANY_TURN, type BotKey, type Executable, notRun, Runner, type Turn, type Way } from '../runner.js';
import { Lane } from './lane.js';

/** Far more than a healthy server has waiting; past it, waiting longer helps nobody. */
const MAX_QUEUE = 10_000;
/** Many times what an honest hook takes. */
const FAST_MS = 500;
/** One account has one of them at most, so that the endless hooks of one do not hold up the long hook of another. */
const SLOW_WORKERS = 2;
/** They mostly wait for somebody else's server. */
const WEB_WORKERS = 4;

/**
 * Runs JavaScript and TypeScript bots in QuickJS, on a few threads of this process.
 *
 * A hook that never ends holds its thread for the whole of its limit, and a few channels with such a bot would keep every
 * other one waiting. So each hook is tried in a fast lane first, where it has half a second. A hook is a function of its
 * input and has done nothing until its result is taken: one that needs longer is run again from the start in a slow lane,
 * with all its limits, and that result counts. A bot that asks the network has done something by asking, so it is run once,
 * in a lane of its own. Every lane takes accounts in turn, and of each account its channels: what one of them asks for delays
 * another by one hook at a time. A bot that has lost its place is not tried in the fast lane.
 */
export class EmbeddedRunner extends Runner {
  readonly name = 'embedded';
  readonly languages: readonly Language[] = ['javascript', 'typescript'];
  private readonly fast: Lane;
  private readonly slow: Lane;
  private readonly web: Lane;

  constructor(workers = 2, maxQueue = MAX_QUEUE) {
    super();
    this.fast = new Lane(workers, maxQueue);
    this.slow = new Lane(SLOW_WORKERS, maxQueue, SLOW_WORKERS - 1);
    this.web = new Lane(WEB_WORKERS, maxQueue, WEB_WORKERS - 1);
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
    way: Way,
    turn: Turn = ANY_TURN,
  ): Promise<RunResult> {
    const fault = this.lacks(executable);
    if (fault) return notRun(fault.code, fault.detail);
    if (way.isOpen) return this.web.run(executable, input, limits, way, turn);
    if (turn.isLate) return this.slow.run(executable, input, limits, way, turn);
    const wallMs = Math.min(FAST_MS, limits.wallMs);
    const result = await this.fast.run(executable, input, { ...limits, wallMs }, way, turn);
    // One that ended earlier has used up its CPU time, of which the slow lane has no more to give.
    const isUndecided = result.outcome === 'timed_out' && result.ms >= wallMs && wallMs < limits.wallMs;
    return isUndecided ? this.slow.run(executable, input, limits, way, turn) : result;
  }

  forget(bot: BotKey): void {
    for (const lane of [this.fast, this.slow, this.web]) lane.forget(bot);
  }

  /** Stops every thread. What is running or waiting ends as killed. */
  async close(): Promise<void> {
    await Promise.all([this.fast, this.slow, this.web].map((lane) => lane.close()));
  }
}
