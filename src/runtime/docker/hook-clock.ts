import type { RunLimits } from '../../../bot-sdk/contract.js';
import { inBackground } from '../../kernel/background.js';
import type { CpuWatch } from './cpu-watch.js';

/** A hook that has been stopped inside says so; one that cannot is stopped from outside this much later. */
const GRACE_MS = 120;
/** From here on a hook is not short, and yields to those that are. */
const SHORT_MS = 50;
/** The engine is not asked for its figures more often than this. */
const LOOK_MS = 50;

export interface Alarms {
  tookLong(): void;
  overdrawn(detail: string): void;
}

/** The time of one hook as seen from outside its sandbox, which may have stopped answering. */
export class HookClock {
  private readonly timers = new Set<NodeJS.Timeout>();
  private isStopped = false;

  constructor(
    private readonly limits: Pick<RunLimits, 'wallMs' | 'cpuMs'>,
    private readonly cpu: CpuWatch,
    private readonly alarms: Alarms,
  ) {
    this.after(limits.wallMs + GRACE_MS, () => alarms.overdrawn('the hook took too long'));
    this.after(limits.cpuMs, () => inBackground('looking at CPU time', this.lookAtCpu()));
    this.after(SHORT_MS, () => alarms.tookLong());
  }

  stop() {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async lookAtCpu() {
    const left = await this.cpu.left(this.limits.cpuMs);
    if (this.isStopped) return;
    if (left <= 0) this.alarms.overdrawn('the hook used too much CPU time');
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
