import type { Log } from '../../platform/observability/logging.js';

/** A hook that takes longer, including waiting, repetitions and writes, is logged for the operator again and again. */
const OVERDUE_MS = 15_000;

/**
 * Logs, while `work` lasts, that a due hook is not finished: a hook may be late, but not unnoticed. Returns the result
 * of `work`.
 */
export async function logWhileOverdue<T>(
  log: Pick<Log, 'warn'>,
  fields: object,
  work: () => Promise<T>,
  everyMs = OVERDUE_MS,
): Promise<T> {
  const since = performance.now();
  const alarm = setInterval(() => {
    const waited_ms = Math.round(performance.now() - since);
    log.warn({ ...fields, waited_ms }, 'a hook is overdue');
  }, everyMs);
  alarm.unref();
  try {
    return await work();
  } finally {
    clearInterval(alarm);
  }
}
