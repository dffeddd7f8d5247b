import { type Transferable, Worker, type WorkerOptions } from 'node:worker_threads';

/** A thread gave no answer: it took too long, ran out of memory, or ended. */
export class ThreadError extends Error {
  constructor(readonly reason: 'late' | 'memory' | 'ended') {
    super(`no answer from the thread: ${reason}`);
  }
}

/** Enough time to load a thread's code on a busy machine. */
const START_MS = 30_000;

/**
 * A worker thread for work that untrusted input can make slow. It starts on first use, sends `ready`, answers one
 * question at a time, and is replaced if it does not answer in time. The main thread is never blocked.
 */
export class DeadlineThread<Question, Answer> {
  private worker?: Worker;
  private tail: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private isClosed = false;

  constructor(
    private readonly file: URL,
    private readonly options: WorkerOptions,
  ) {}

  /** Resolves when the thread is ready, or cannot be started; the next question then tries again. */
  async ready(): Promise<void> {
    if (!this.worker) await this.start().catch(() => this.stop());
  }

  /** The number of unanswered questions. */
  get length(): number {
    return this.waiting;
  }

  /** Answers in the order of the questions. Rejects with a ThreadError; later questions are not affected. */
  ask(question: Question, ms: number, transfer: Transferable[] = []): Promise<Answer> {
    this.waiting++;
    const mine = this.tail.then(() => this.askNow(question, ms, transfer)).finally(() => this.waiting--);
    this.tail = mine.catch(() => undefined);
    return mine;
  }

  /** Ends the thread permanently; waiting and later questions are not answered. */
  async close() {
    this.isClosed = true;
    await this.stop();
  }

  /** Ends the thread; the next question starts a new one. */
  async stop() {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async askNow(question: Question, ms: number, transfer: Transferable[]): Promise<Answer> {
    if (this.isClosed) throw new ThreadError('ended');
    try {
      const worker = this.worker ?? (await this.start());
      const answer = answerOf(worker, ms);
      worker.ref();
      worker.postMessage(question, transfer);
      return (await answer.finally(() => worker.unref())) as Answer;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  private async start(): Promise<Worker> {
    const worker = new Worker(this.file, this.options);
    this.worker = worker;
    // A thread that ends between two questions must not crash the server, and is not used again.
    worker
      .on('error', () => {})
      .on('exit', () => {
        if (this.worker === worker) this.worker = undefined;
      });
    await answerOf(worker, START_MS);
    worker.unref();
    return worker;
  }
}

function answerOf(worker: Worker, ms: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle();
    };
    const onMessage = (answer: unknown) => end(() => resolve(answer));
    const onError = (error: Error) => end(() => reject(new ThreadError(isOutOfMemory(error) ? 'memory' : 'ended')));
    const onExit = () => end(() => reject(new ThreadError('ended')));
    const timer = setTimeout(() => end(() => reject(new ThreadError('late'))), ms);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

const isOutOfMemory = (error: Error) => 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
