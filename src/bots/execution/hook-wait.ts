import type { Log } from '../../platform/observability/logging.js';
import type { Metrics } from '../../platform/observability/metrics.js';
import type { RunnerName, RunPriority } from '../../runtime/runner.js';

/** A longer wait is logged for the operator: a hook may be late, but not unnoticed. */
const LONG_MS = 2_000;

/** How long one hook waits for a thread or a container. A long wait is logged while it lasts, and counted. */
export class HookWait implements RunPriority {
  private since = 0;
  private alarm?: NodeJS.Timeout;
  private isLong = false;

  constructor(
    readonly account: string,
    readonly isLate: boolean,
    private readonly runner: RunnerName,
    private readonly metrics: Metrics,
    private readonly log: Log,
    /** The hook and its bot, for the log. */
    private readonly fields: object,
  ) {}

  waits = () => {
    this.since = performance.now();
    this.metrics.hooksWaiting.inc({ runner: this.runner });
    this.alarm = setTimeout(() => {
      this.isLong = true;
      this.metrics.longHookWaits.inc({ runner: this.runner });
      this.log.warn({ ...this.fields, runner: this.runner }, 'a hook has been waiting long for its turn');
    }, LONG_MS);
    this.alarm.unref();
  };

  began = () => {
    if (!this.alarm) return;
    clearTimeout(this.alarm);
    this.alarm = undefined;
    const waitedMs = performance.now() - this.since;
    this.metrics.hooksWaiting.dec({ runner: this.runner });
    this.metrics.hookWaitSeconds.observe({ runner: this.runner }, waitedMs / 1_000);
    if (!this.isLong) return;
    this.isLong = false;
    this.log.warn({ ...this.fields, runner: this.runner, waited_ms: Math.round(waitedMs) }, 'a hook has waited long');
  };

  /** Ends the wait, whether or not the hook has started. */
  over() {
    this.began();
  }
}
