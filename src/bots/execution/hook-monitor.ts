import { Inject, Injectable } from '@nestjs/common';
import type { HookCall, RunResult } from '../../../bot-sdk/contract.js';
import type { Log } from '../../platform/observability/logging.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { LOG } from '../../platform/platform.module.js';
import { type RunnerName, UNAVAILABLE_CODES } from '../../runtime/runner.js';
import type { HookInvocation } from './hook-invocation.js';
import { HookWait } from './hook-wait.js';
import { isLate } from './strikes.js';

/** Shows the operator every hook: its wait, its outcome and its time, in the metrics and in the log of the server. */
@Injectable()
export class HookMonitor {
  constructor(
    private readonly metrics: Metrics,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Returns the result of `work`. `work` gets what a runner needs to schedule the hook. */
  async watch(
    { attachment, run }: HookInvocation,
    { hook }: HookCall,
    runner: RunnerName,
    work: (turn: HookWait) => Promise<RunResult>,
  ): Promise<RunResult> {
    const { channelId: channel, botId: bot, accountId, strikes } = attachment;
    const fields = { channel, bot, run, hook };
    const wait = new HookWait(accountId, isLate(strikes), runner, this.metrics, this.log, fields);
    this.metrics.hooksRunning.inc({ runner });
    const result = await work(wait).finally(() => {
      wait.over();
      this.metrics.hooksRunning.dec({ runner });
    });
    this.report(result, runner, fields);
    return result;
  }

  private report({ outcome, error, ms }: RunResult, runner: RunnerName, fields: object) {
    this.metrics.hooks.inc({ runner, outcome });
    this.metrics.hookSeconds.observe({ runner }, ms / 1_000);
    const isDeferred = error !== undefined && UNAVAILABLE_CODES.has(error.code);
    if (isDeferred) this.metrics.hooksDeferred.inc({ runner });
    this.log[outcome === 'ok' ? 'debug' : isDeferred ? 'warn' : 'info'](
      { ...fields, runner, outcome, code: error?.code, ms },
      isDeferred ? 'no sandbox was free for a hook; it is tried again later' : 'hook',
    );
  }
}
