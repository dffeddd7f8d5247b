import type { WorkerOptions } from 'node:worker_threads';
import { inBackground } from '../kernel/background.js';
import { DeadlineThread, ThreadError } from './deadline-thread.js';
import { FairQueue } from './fair-queue.js';

interface Job<Question, Answer> {
  readonly account: string;
  readonly question: Question;
  readonly ms: number;
  readonly assertMayStart: () => void;
  readonly settle: (answer: Promise<Answer>) => void;
}

/**
 * Worker threads for work that untrusted input can make slow. Accounts take turns, and if there are two or more
 * threads, one account never uses all of them.
 */
export class FairThreads<Question, Answer> {
  private readonly idle: DeadlineThread<Question, Answer>[];
  private readonly threads: DeadlineThread<Question, Answer>[];
  private readonly waiting = new FairQueue<Job<Question, Answer>>();
  private readonly busy = new Map<string, number>();
  private readonly mostOfOne: number;
  private isStopped = false;

  constructor(file: URL, options: WorkerOptions, threads: number) {
    this.threads = Array.from({ length: threads }, () => new DeadlineThread<Question, Answer>(file, options));
    this.idle = [...this.threads];
    this.mostOfOne = Math.max(1, threads - 1);
  }

  /** The number of questions that wait for a thread. */
  get length(): number {
    return this.waiting.length;
  }

  /**
   * Resolves with the answer. Rejects with a ThreadError if it takes longer than `ms` of a thread's time, or with the
   * error of `assertMayStart`, which is called when it is the question's turn.
   */
  ask(account: string, question: Question, ms: number, assertMayStart = () => {}): Promise<Answer> {
    return new Promise((settle) => {
      this.waiting.push({ account, line: '' }, { account, question, ms, assertMayStart, settle });
      this.next();
    });
  }

  /** Ends all threads. Running and waiting questions are not answered. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (let job = this.waiting.shift(); job; job = this.waiting.shift())
      job.settle(Promise.reject(new ThreadError('ended')));
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  private next() {
    while (this.idle.length > 0 && !this.isStopped) {
      const job = this.waiting.shift((account) => (this.busy.get(account) ?? 0) < this.mostOfOne);
      if (!job) return;
      this.work(this.idle.pop() as DeadlineThread<Question, Answer>, job);
    }
  }

  private work(thread: DeadlineThread<Question, Answer>, job: Job<Question, Answer>) {
    this.count(job.account, 1);
    const answer = answerOf(thread, job);
    job.settle(answer);
    // The account that blocked a thread keeps it until the replacement is ready, so that only it waits.
    const isOver = answer.then(
      () => undefined,
      () => (this.isStopped ? undefined : thread.ready()),
    );
    const isFree = isOver.finally(() => {
      this.count(job.account, -1);
      this.idle.push(thread);
      this.next();
    });
    inBackground('starting a thread', isFree);
  }

  private count(account: string, change: number) {
    const left = (this.busy.get(account) ?? 0) + change;
    if (left > 0) this.busy.set(account, left);
    else this.busy.delete(account);
  }
}

async function answerOf<Question, Answer>(
  thread: DeadlineThread<Question, Answer>,
  { question, ms, assertMayStart }: Job<Question, Answer>,
): Promise<Answer> {
  assertMayStart();
  return thread.ask(question, ms);
}
