import { Injectable } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Histogram buckets in seconds, from a warm hook to one that reaches its time limit. */
const HOOK_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics in Prometheus format. Each server has its own registry, so that tests can run several. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly hooks = new Counter({
    name: 'parley_hooks_total',
    help: 'Hooks that ran, by outcome and runner.',
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
  readonly roundsVoided = new Counter({
    name: 'parley_rounds_voided_total',
    help: 'Rounds that ended without a result, by cause.',
    labelNames: ['cause'] as const,
    registers: [this.registry],
  });
  readonly hooksWaiting = new Gauge({
    name: 'parley_hooks_waiting',
    help: 'Hooks that wait for their turn.',
    labelNames: ['runner'] as const,
    registers: [this.registry],
  });
  readonly hookWaitSeconds = new Histogram({
    name: 'parley_hook_wait_seconds',
    help: 'How long hooks waited for their turn.',
    labelNames: ['runner'] as const,
    buckets: [...HOOK_SECONDS, 30, 60],
    registers: [this.registry],
  });
  readonly longHookWaits = new Counter({
    name: 'parley_long_hook_waits_total',
    help: 'Hooks that waited for their turn so long that it was logged.',
    labelNames: ['runner'] as const,
    registers: [this.registry],
  });
  readonly hooksDeferred = new Counter({
    name: 'parley_hooks_deferred_total',
    help: 'Hooks for which no sandbox was free. They are tried again later.',
    labelNames: ['runner'] as const,
    registers: [this.registry],
  });
  readonly requests = new Counter({
    name: 'parley_requests_total',
    help: 'Calls of operations over REST and MCP, by operation and HTTP status.',
    labelNames: ['operation', 'status'] as const,
    registers: [this.registry],
  });
  readonly messages = new Counter({
    name: 'parley_messages_total',
    help: 'Entries that were added to the logs of channels: messages, notices, receipts.',
    registers: [this.registry],
  });
  readonly signIns = new Counter({
    name: 'parley_sign_ins_total',
    help: 'New sessions, by kind: guest, connected app, script or browser.',
    labelNames: ['way'] as const,
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
    help: 'Errors in background work, by what was being done.',
    labelNames: ['during'] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'parley_' });
  }

  /** Adds a gauge whose value is read when the metrics are requested. */
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
