import type { Program } from '../../../bot-sdk/bundle-hash.js';
import type { HookInput, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { inBackground } from '../../kernel/background.js';
import { type BotKey, notRun, type Way } from '../runner.js';
import { TurnQueue } from '../turn-queue.js';
import { RunnerThread } from './runner-thread.js';

interface Job {
  program: Program;
  input: HookInput;
  limits: RunLimits;
  way: Way;
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

  async run(program: Program, input: HookInput, limits: RunLimits, way: Way): Promise<RunResult> {
    if (this.isClosed) return stopped('the runner is closed');
    if (this.queue.length >= this.maxQueue) return stopped('too many hooks are waiting');
    return new Promise((settle) => {
      this.queue.push(input.channel_id, { program, input, limits, way, settle });
      this.next();
    });
  }

  /** What waits for a bot that is gone never starts. */
  forget({ channel_id, bot_id }: BotKey): void {
    const gone = this.queue.remove(channel_id, ({ input }) => input.bot_id === bot_id);
    for (const job of gone) job.settle(stopped('the bot is gone'));
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
    const over = thread.run(job.program, job.input, job.limits, job.way).then((result) => {
      this.idle.push(thread);
      job.settle(result);
      this.next();
    });
    inBackground('a hook in a thread', over);
  }
}

const stopped = (detail: string) => notRun('RUNNER_CRASHED', detail);
