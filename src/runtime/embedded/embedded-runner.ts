import type { OnApplicationShutdown } from '@nestjs/common';
import type { HookInput, Language, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { ENGINE } from '../../../bot-sdk/engine.js';
import { type Executable, Runner } from '../runner.js';
import { RunnerThread } from './runner-thread.js';

interface Job {
  bundle: Executable;
  input: HookInput;
  limits: RunLimits;
  settle: (result: RunResult) => void;
}

/** Far more than a healthy server has waiting; past it, waiting longer helps nobody. */
const MAX_QUEUE = 10_000;

/** Runs JavaScript and TypeScript bots in QuickJS, on a few threads of this process, first come first served. */
export class EmbeddedRunner extends Runner implements OnApplicationShutdown {
  readonly name = 'embedded';
  readonly runtime = ENGINE;
  readonly languages: readonly Language[] = ['javascript', 'typescript'];
  private readonly queue: Job[] = [];
  private readonly idle: RunnerThread[];
  private readonly threads: RunnerThread[];
  private isClosed = false;

  constructor(
    workers = 2,
    private readonly maxQueue = MAX_QUEUE,
  ) {
    super();
    this.threads = Array.from({ length: workers }, () => new RunnerThread());
    this.idle = [...this.threads];
  }

  run(bundle: Executable, input: HookInput, limits: RunLimits): Promise<RunResult> {
    if (!this.languages.includes(bundle.language))
      return refused('SANDBOX_UNAVAILABLE', `${bundle.language} needs a container`);
    if (this.isClosed) return refused('RUNNER_CRASHED', 'the runner is closed');
    if (this.queue.length >= this.maxQueue) return refused('RUNNER_CRASHED', 'too many hooks are waiting');
    return new Promise((settle) => {
      this.queue.push({ bundle, input, limits, settle });
      this.next();
    });
  }

  /** Stops every thread. What is running or waiting ends as killed. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const { settle } of this.queue.splice(0)) settle(killed('RUNNER_CRASHED', 'the runner is closed'));
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
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

function killed(code: 'RUNNER_CRASHED' | 'SANDBOX_UNAVAILABLE', detail: string): RunResult {
  return { outcome: 'killed', error: { code, detail }, effects: [], logs: [], ms: 0 };
}

async function refused(code: 'RUNNER_CRASHED' | 'SANDBOX_UNAVAILABLE', detail: string): Promise<RunResult> {
  return killed(code, detail);
}
