import type { OnModuleDestroy } from '@nestjs/common';
import { onBackgroundFailure } from '../../kernel/background.js';
import type { Log } from './logging.js';
import type { Metrics } from './metrics.js';

/** Logs and counts failures of background work, which nobody awaits. */
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

  /** `during` becomes a label of the metric, so it must be a short text of our own. */
  note(during: string, error: unknown) {
    this.metrics.unexpectedErrors.inc({ during });
    this.log.error({ err: asError(error), during }, 'an error in background work');
  }
}

/**
 * Code may throw any value. Of a value that is not an Error only the type is logged, because the value may be text of
 * users.
 */
const asError = (error: unknown) => (error instanceof Error ? error : new Error(`a thrown ${typeof error}`));
