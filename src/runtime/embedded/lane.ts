import type { Program } from '../../../bot-sdk/bundle-hash.js';
import type { HookInput, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { inBackground } from '../../kernel/background.js';
import { FairQueue } from '../fair-queue.js';
import { type BotKey, notRun, type Turn, type Way } from '../runner.js';
import { RunnerThread } from './runner-thread.js';

interface Job {
  program: Program;
  input: HookInput;
  limits: RunLimits;
  way: Way;
  turn: Turn;
  settle: (result: RunResult) => void;
}

/**
 * A few threads and a bounded queue in front of them, from which accounts are served in turn, and of each account its channels.
 * A thread starts when first needed.
 */
export class Lane {
  private readonly queue = new FairQueue<Job>();
  /** How many threads each account has. */
  private readonly taken = new Map<string, number>();
  private readonly idle: RunnerThread[];
  private readonly threads: RunnerThread[];
  private isClosed = false;

  constructor(
    workers: number,
    private readonly maxQueue: number,
    /** How many threads one account may have at once. */
    private readonly mostOfOne = workers,
  ) {
    this.threads = Array.from({ length: workers }, () => new RunnerThread());
    this.idle = [...this.threads];
  }

  async run(program: Program, input: HookInput, limits: RunLimits, way: Way, turn: Turn): Promise<RunResult> {
    if (this.isClosed) return stopped('the runner is closed');
    if (this.queue.length >= this.maxQueue) return notRun('QUEUE_FULL', 'too many hooks are waiting');
    return new Promise((settle) => {
      turn.waits();
      const place = { account: turn.account, line: input.channel_id, isLate: turn.isLate };
      this.queue.push(place, { program, input, limits, way, turn, settle });
      this.next();
    });
  }

  /** What waits for a bot that is gone never starts. */
  forget({ channel_id, bot_id }: BotKey): void {
    const gone = this.queue.remove(({ input }) => input.channel_id === channel_id && input.bot_id === bot_id);
    for (const job of gone) job.settle(stopped('the bot is gone'));
  }

  /** Stops every thread. What is running or waiting ends as killed. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (let job = this.queue.shift(); job; job = this.queue.shift()) job.settle(stopped('the runner is closed'));
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }

  private next() {
    while (this.idle.length > 0) {
      const job = this.queue.shift((account) => this.takenBy(account) < this.mostOfOne);
      if (!job) return;
      this.work(this.idle.pop() as RunnerThread, job);
    }
  }

  private work(thread: RunnerThread, { program, input, limits, way, turn, settle }: Job) {
    const { account } = turn;
    this.taken.set(account, this.takenBy(account) + 1);
    turn.began();
    const over = thread.run(program, input, limits, way).then((result) => {
      this.idle.push(thread);
      this.taken.set(account, this.takenBy(account) - 1);
      if (this.takenBy(account) === 0) this.taken.delete(account);
      settle(result);
      this.next();
    });
    inBackground('a hook in a thread', over);
  }

  private takenBy(account: string): number {
    return this.taken.get(account) ?? 0;
  }
}

const stopped = (detail: string) => notRun('RUNNER_CRASHED', detail);
