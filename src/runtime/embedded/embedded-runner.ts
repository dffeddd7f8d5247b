import type { OnApplicationShutdown } from '@nestjs/common';
import type { HookInput, Language, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { ENGINE } from '../../../bot-sdk/engine.js';
import { type Executable, Runner } from '../runner.js';
import { Lane } from './lane.js';

/** Far more than a healthy server has waiting; past it, waiting longer helps nobody. */
const MAX_QUEUE = 10_000;
/** Many times what an honest hook takes. */
const FAST_MS = 500;
const SLOW_WORKERS = 1;

/**
 * Runs JavaScript and TypeScript bots in QuickJS, on a few threads of this process.
 *
 * A hook that never ends holds its thread for the whole of its limit, and a few channels with such a bot would keep every
 * other one waiting. So each hook is tried in a fast lane first, where it has half a second. A hook is a function of its
 * input and has done nothing until its result is taken: one that needs longer is run again from the start in a slow lane,
 * with all its limits, and that result counts. Both lanes take channels in turn, so what one channel asks for delays another
 * by one hook at a time.
 */
export class EmbeddedRunner extends Runner implements OnApplicationShutdown {
  readonly name = 'embedded';
  readonly runtime = ENGINE;
  readonly languages: readonly Language[] = ['javascript', 'typescript'];
  private readonly fast: Lane;
  private readonly slow: Lane;

  constructor(workers = 2, maxQueue = MAX_QUEUE) {
    super();
    this.fast = new Lane(workers, maxQueue);
    this.slow = new Lane(SLOW_WORKERS, maxQueue);
  }

  async run(bundle: Executable, input: HookInput, limits: RunLimits): Promise<RunResult> {
    if (!this.languages.includes(bundle.language)) return unavailable(`${bundle.language} needs a container`);
    const wallMs = Math.min(FAST_MS, limits.wallMs);
    const result = await this.fast.run(bundle, input, { ...limits, wallMs });
    // One that ended earlier has used up its CPU time, of which the slow lane has no more to give.
    const isUndecided = result.outcome === 'timed_out' && result.ms >= wallMs && wallMs < limits.wallMs;
    return isUndecided ? this.slow.run(bundle, input, limits) : result;
  }

  /** Stops every thread. What is running or waiting ends as killed. */
  async close(): Promise<void> {
    await Promise.all([this.fast.close(), this.slow.close()]);
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}

function unavailable(detail: string): RunResult {
  return { outcome: 'killed', error: { code: 'SANDBOX_UNAVAILABLE', detail }, effects: [], logs: [], ms: 0 };
}
