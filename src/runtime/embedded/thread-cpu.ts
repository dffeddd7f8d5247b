import { readFileSync } from 'node:fs';

/** Linux scheduler statistics of the reading thread: nanoseconds running, nanoseconds waiting, time slices. */
const LINUX_FILE = '/proc/thread-self/schedstat';

/** The CPU time of the calling thread in milliseconds; undefined if it is not available. */
export const threadCpuMs: (() => number) | undefined = ofNode() ?? ofLinux();

/**
 * A cheaper clock to check often whether a thread has used a budget of CPU time. A thread cannot use more CPU time than
 * wall time, so while the wall time is below the budget it returns an upper bound without a system call.
 */
export function cachedCpuClock(budgetMs: number, read: () => number, now: () => number = () => performance.now()) {
  const end = read() + budgetMs;
  let lastRead = read();
  let readAt = now();
  return () => {
    const upperBound = lastRead + (now() - readAt);
    if (upperBound <= end) return upperBound;
    lastRead = read();
    readAt = now();
    return lastRead;
  };
}

function ofNode() {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };
  if (!threadCpuUsage) return undefined;
  return () => {
    const { user, system } = threadCpuUsage.call(process);
    return (user + system) / 1_000;
  };
}

function ofLinux() {
  const read = () => Number(readFileSync(LINUX_FILE, 'utf8').split(' ')[0]) / 1e6;
  try {
    // A kernel without these statistics always returns 0.
    return read() > 0 ? read : undefined;
  } catch {
    return undefined;
  }
}
