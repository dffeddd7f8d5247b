import type { HookInput, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import type { RealmProgram } from '../../../bot-sdk/prepared-realm.js';
import { inBackground } from '../../kernel/background.js';
import { FairQueue } from '../fair-queue.js';
import { type BotKey, type NetworkAccess, notRun, type RunPriority } from '../runner.js';
import { TypicalUse } from '../typical-use.js';
import { RunnerThread, type ThreadAnswer } from './runner-thread.js';

interface Job {
  program: RealmProgram;
  input: HookInput;
  limits: RunLimits;
  network: NetworkAccess;
  turn: RunPriority;
  settle: (answer: ThreadAnswer) => void;
}

export interface LaneOptions {
  readonly workers: number;
  readonly maxQueue: number;
  /** Accounts whose hooks use at most this much CPU time come first; undefined: no order. */
  readonly shortMs?: number;
  /** The maximum number of threads per account; undefined: all. */
  readonly maxOfOne?: number;
  /** The maximum number of threads for late bots; undefined: all. */
  readonly maxLate?: number;
  /** Whether its threads have lower CPU priority. */
  readonly yields?: boolean;
}

/**
 * A few threads with a bounded queue, in which accounts take turns, and within an account its channels. Accounts with
 * short hooks come first. A thread starts on first use.
 */
export class Lane {
  private readonly use = new TypicalUse();
  private readonly queue: FairQueue<Job>;
  /** The number of threads in use per account. */
  private readonly taken = new Map<string, number>();
  private lateNow = 0;
  private readonly maxQueue: number;
  private readonly maxOfOne: number;
  private readonly maxLate: number;
  private readonly idle: RunnerThread[];
  private readonly threads: RunnerThread[];
  private isClosed = false;

  constructor({
    workers,
    maxQueue,
    shortMs = Number.POSITIVE_INFINITY,
    maxOfOne = workers,
    maxLate = workers,
    yields = false,
  }: LaneOptions) {
    this.queue = new FairQueue((account) => shortMs < Number.POSITIVE_INFINITY && !this.use.isWithin(account, shortMs));
    this.maxQueue = maxQueue;
    this.maxOfOne = maxOfOne;
    this.maxLate = maxLate;
    this.threads = Array.from({ length: workers }, () => new RunnerThread(yields));
    this.idle = [...this.threads];
  }

  async run(
    program: RealmProgram,
    input: HookInput,
    limits: RunLimits,
    network: NetworkAccess,
    turn: RunPriority,
  ): Promise<ThreadAnswer> {
    if (this.isClosed) return stopped('the runner is closed');
    if (this.queue.length >= this.maxQueue) return nothing(notRun('QUEUE_FULL', 'too many hooks are waiting'));
    return new Promise((settle) => {
      turn.waits();
      const place = { account: turn.account, line: input.channel_id, isLate: turn.isLate };
      this.queue.push(place, { program, input, limits, network, turn, settle });
      this.next();
    });
  }

  /** Removes the waiting hooks of a bot. */
  forget({ channel_id, bot_id }: BotKey): void {
    const gone = this.queue.remove(({ input }) => input.channel_id === channel_id && input.bot_id === bot_id);
    for (const job of gone) job.settle(stopped('the bot is gone'));
  }

  /** Stops all threads. Running and waiting hooks end as killed. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (let job = this.queue.shift(); job; job = this.queue.shift()) job.settle(stopped('the runner is closed'));
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }

  private next() {
    while (this.idle.length > 0) {
      const job = this.queue.shift((account, isLate) => this.mayHave(account, isLate));
      if (!job) return;
      this.work(this.idle.pop() as RunnerThread, job);
    }
  }

  private mayHave(account: string, isLate: boolean): boolean {
    return this.takenBy(account) < this.maxOfOne && (!isLate || this.lateNow < this.maxLate);
  }

  private work(thread: RunnerThread, { program, input, limits, network, turn, settle }: Job) {
    const { account, isLate } = turn;
    this.taken.set(account, this.takenBy(account) + 1);
    if (isLate) this.lateNow += 1;
    turn.began();
    const over = thread.run(program, input, limits, network).then((answer) => {
      this.idle.push(thread);
      this.taken.set(account, this.takenBy(account) - 1);
      if (this.takenBy(account) === 0) this.taken.delete(account);
      if (isLate) this.lateNow -= 1;
      this.use.add(account, answer.usedMs);
      settle(answer);
      this.next();
    });
    inBackground('a hook in a thread', over);
  }

  private takenBy(account: string): number {
    return this.taken.get(account) ?? 0;
  }
}

const nothing = (result: RunResult): ThreadAnswer => ({ result, usedMs: 0 });
const stopped = (detail: string) => nothing(notRun('RUNNER_CRASHED', detail));
