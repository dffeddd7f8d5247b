import type { RunLimits } from '../../../bot-sdk/contract.js';
import { inBackground } from '../../kernel/background.js';
import type { CpuWatch } from './cpu-watch.js';

/** The harness stops a hook at its limit; if it does not, the sandbox is killed this much later (milliseconds). */
const GRACE_MS = 120;
/** A hook that runs longer than this gets lower CPU priority. */
const SHORT_MS = 50;
/** The minimum time between two queries of the engine's statistics, in milliseconds. */
const LOOK_MS = 50;

export interface Alarms {
  onSlow(): void;
  onLimitExceeded(detail: string): void;
}

/** Measures a hook from outside its sandbox, which may have stopped responding. */
export class HookClock {
  private readonly timers = new Set<NodeJS.Timeout>();
  private isStopped = false;

  constructor(
    private readonly limits: Pick<RunLimits, 'wallMs' | 'cpuMs'>,
    private readonly cpu: CpuWatch,
    private readonly alarms: Alarms,
  ) {
    this.after(limits.wallMs + GRACE_MS, () => alarms.onLimitExceeded('the hook took too long'));
    this.after(limits.cpuMs, () => inBackground('looking at CPU time', this.lookAtCpu()));
    this.after(SHORT_MS, () => alarms.onSlow());
  }

  stop() {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async lookAtCpu() {
    const left = await this.cpu.left(this.limits.cpuMs);
    if (this.isStopped) return;
    if (left <= 0) this.alarms.onLimitExceeded('the hook used too much CPU time');
    else this.after(Math.max(left, LOOK_MS), () => inBackground('looking at CPU time', this.lookAtCpu()));
  }

  private after(ms: number, act: () => void) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, ms);
    this.timers.add(timer);
  }
}
