import type { RunLimits } from './contract.js';

/** How much CPU this thread has used, in milliseconds, where the platform tells. */
export type CpuClock = () => number;

export interface Deadline {
  /** Looks at the clocks. */
  isOver(): boolean;
  /** Whether a look at the clocks has found it over. */
  readonly wasHit: boolean;
  /** What the promise gives, or undefined when the wall limit is over before it gives anything. */
  race<T>(promise: Promise<T>): Promise<T | undefined>;
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
