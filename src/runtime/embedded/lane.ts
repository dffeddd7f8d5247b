import type { HookInput, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import type { Executable } from '../runner.js';
import { RunnerThread } from './runner-thread.js';
import { TurnQueue } from './turn-queue.js';

interface Job {
  bundle: Executable;
  input: HookInput;
  limits: RunLimits;
  settle: (result: RunResult) => void;
}

/** A few threads and a bounded queue in front of them, from which channels are served in turn. A thread starts when first needed. */
export class Lane {
  private readonly queue = new TurnQueue<Job>();
  private readonly idle: RunnerThread[];
  private readonly threads: RunnerThread[];
  private isClosed = false;

  constructor(
    workers: number,
    private readonly maxQueue: number,
  ) {
    this.threads = Array.from({ length: workers }, () => new RunnerThread());
    this.idle = [...this.threads];
  }

  async run(bundle: Executable, input: HookInput, limits: RunLimits): Promise<RunResult> {
    if (this.isClosed) return stopped('the runner is closed');
    if (this.queue.length >= this.maxQueue) return stopped('too many hooks are waiting');
    return new Promise((settle) => {
      this.queue.push(input.channel_id, { bundle, input, limits, settle });
      this.next();
    });
  }

  /** Stops every thread. What is running or waiting ends as killed. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (let job = this.queue.shift(); job; job = this.queue.shift()) job.settle(stopped('the runner is closed'));
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }

  private next() {
    const thread = this.idle.pop();
    if (!thread) return;
    const job = this.queue.shift();
    if (!job) {
      this.idle.push(thread);
      return;
    }
    void thread.run(job.bundle, job.input, job.limits).then((result) => {
      this.idle.push(thread);
      job.settle(result);
      this.next();
    });
  }
}

function stopped(detail: string): RunResult {
  return { outcome: 'killed', error: { code: 'RUNNER_CRASHED', detail }, effects: [], logs: [], ms: 0 };
}
