import type { Log } from '../platform/logging.js';
import type { Metrics } from '../platform/metrics.js';
import type { RunnerName, Turn } from '../runtime/runner.js';

/** A hook that has waited so long for its turn is told to the operator: late is allowed, silent is not. */
const LONG_MS = 2_000;

/** How long one hook waits for a thread or a container. A long wait is logged while it lasts, and counted. */
export class HookWait implements Turn {
  private since = 0;
  private alarm?: NodeJS.Timeout;
  private isLong = false;

  constructor(
    readonly account: string,
    readonly isLate: boolean,
    private readonly runner: RunnerName,
    private readonly metrics: Metrics,
    private readonly log: Log,
    /** Which hook of which bot, for the log. */
    private readonly fields: object,
  ) {}

  waits = () => {
    this.since = performance.now();
    this.metrics.hooksWaiting.inc({ runner: this.runner });
    this.alarm = setTimeout(() => {
      this.isLong = true;
      this.metrics.longHookWaits.inc({ runner: this.runner });
      this.log.warn({ ...this.fields, runner: this.runner }, 'a hook waits long for its turn');
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

  /** It waits no longer, whether its turn came or not. */
  over() {
    this.began();
  }
}
