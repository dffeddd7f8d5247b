import type { RunLimits } from './contract.js';

/** How much CPU this thread has used, in milliseconds, where the platform tells. */
export type CpuClock = () => number;

export interface Deadline {
  /** Looks at the clocks. */
  isOver(): boolean;
  /** Whether a look at the clocks has found it over. */
  readonly wasHit: boolean;
}

/** Starts the time of one hook. Once it is over, it stays over. */
export function startDeadline({ wallMs, cpuMs }: RunLimits, cpu: CpuClock | undefined): Deadline {
  const wallEnd = performance.now() + wallMs;
  const cpuEnd = (cpu?.() ?? 0) + cpuMs;
  let wasHit = false;
  return {
    isOver() {
      wasHit ||= performance.now() > wallEnd || (cpu?.() ?? 0) > cpuEnd;
      return wasHit;
    },
    get wasHit() {
      return wasHit;
    },
  };
}
