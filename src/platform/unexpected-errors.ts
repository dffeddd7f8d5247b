import type { OnModuleDestroy } from '@nestjs/common';
import { onBackgroundFailure } from '../kernel/background.js';
import type { Log } from './logging.js';
import type { Metrics } from './metrics.js';

/** Logs and counts failures that nobody waited for. What they were part of has failed; nothing else is affected. */
export class UnexpectedErrors implements OnModuleDestroy {
  private readonly stop: () => void;

  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {
    this.stop = onBackgroundFailure((during, error) => this.note(during, error));
  }

  onModuleDestroy() {
    this.stop();
  }

  /** `during` becomes a label of the metric: a few words of ours. */
  note(during: string, error: unknown) {
    this.metrics.unexpectedErrors.inc({ during });
    this.log.error({ err: asError(error), during }, 'an error that nobody waited for');
  }
}

/** Code may throw anything; what is no Error is named by its type only, because it may be somebody's words. */
const asError = (error: unknown) => (error instanceof Error ? error : new Error(`a thrown ${typeof error}`));
