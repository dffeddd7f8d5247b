import { Injectable } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** From a hot hook to one that is stopped by its limit, in seconds. */
const HOOK_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What an operator can watch, in Prometheus' format. One registry per server, so that tests can run several. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly hooks = new Counter({
    name: 'parley_hooks_total',
    help: 'Hooks that ran, by how they ended and where.',
    labelNames: ['runner', 'outcome'] as const,
    registers: [this.registry],
  });
  readonly hookSeconds = new Histogram({
    name: 'parley_hook_seconds',
    help: 'How long hooks took.',
    labelNames: ['runner'] as const,
    buckets: HOOK_SECONDS,
    registers: [this.registry],
  });
  readonly hooksRunning = new Gauge({
    name: 'parley_hooks_running',
    help: 'Hooks that run or wait for a sandbox.',
    labelNames: ['runner'] as const,
    registers: [this.registry],
  });
  readonly refused = new Counter({
    name: 'parley_refused_total',
    help: 'Requests and calls that a limit refused, by its policy.',
    labelNames: ['policy'] as const,
    registers: [this.registry],
  });

  readonly unexpectedErrors = new Counter({
    name: 'parley_unexpected_errors_total',
    help: 'Errors that nobody waited for, by what was being done.',
    labelNames: ['during'] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'parley_' });
  }

  /** A number that is looked up when somebody asks. */
  watch(name: string, help: string, look: () => number) {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(look());
      },
    });
  }
}
