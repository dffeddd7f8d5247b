import type { WorkerOptions } from 'node:worker_threads';
import { inBackground } from '../kernel/background.js';
import { DeadlineThread, ThreadFailure } from './deadline-thread.js';
import { FairQueue } from './fair-queue.js';

interface Job<Question, Answer> {
  readonly account: string;
  readonly question: Question;
  readonly ms: number;
  readonly assertMayStart: () => void;
  readonly settle: (answer: Promise<Answer>) => void;
}

/**
 * A few threads for work that strangers can make slow. Accounts are answered in turn, and one account never has every
 * thread, so nobody waits for another's work where there are two threads or more.
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

  /** How many questions wait for a thread. */
  get length(): number {
    return this.waiting.length;
  }

  /**
   * Answers, or rejects with a ThreadFailure where the answer takes longer than so many milliseconds of a thread, or with what
   * `assertMayStart` throws when the question's turn has come.
   */
  ask(account: string, question: Question, ms: number, assertMayStart = () => {}): Promise<Answer> {
    return new Promise((settle) => {
      this.waiting.push({ account, line: '' }, { account, question, ms, assertMayStart, settle });
      this.next();
    });
  }

  /** Ends every thread. What runs or waits is not answered any more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (let job = this.waiting.shift(); job; job = this.waiting.shift())
      job.settle(Promise.reject(new ThreadFailure('ended')));
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
    // Whoever ended the thread waits until it is there again, and nobody else does.
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
