import type { RunLimits } from './contract.js';

/** Returns the CPU time of this thread in milliseconds, if the platform provides it. */
export type CpuClock = () => number;

export interface CpuDeadline {
  /** Reads the clocks and returns whether a limit is exceeded. */
  isOver(): boolean;
  /** Whether an earlier call of `isOver` has found a limit exceeded. */
  readonly wasHit: boolean;
  /** The result of the promise, or undefined if the wall-time limit ends first. */
  race<T>(promise: Promise<T>): Promise<T | undefined>;
}

/** Starts the time limits of one hook. Once exceeded, they stay exceeded. */
export function startDeadline({ wallMs, cpuMs }: RunLimits, cpu: CpuClock | undefined): CpuDeadline {
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
    race(promise) {
      let timer: ReturnType<typeof setTimeout>;
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => {
          wasHit = true;
          resolve(undefined);
        }, wallEnd - performance.now());
      });
      return Promise.race([promise, late]).finally(() => clearTimeout(timer));
    },
  };
}
