import { type Transferable, Worker, type WorkerOptions } from 'node:worker_threads';

/** A thread that gave no answer: it took too long, ran out of memory, or ended. */
export class ThreadFailure extends Error {
  constructor(readonly reason: 'late' | 'memory' | 'ended') {
    super(`no answer from the thread: ${reason}`);
  }
}

/** Long enough to load a thread's code on a busy machine. */
const START_MS = 30_000;

/**
 * A thread for work that strangers can make slow. It starts when first needed and says `ready`, answers one question at a
 * time, and is replaced when it does not answer in time; the server's own thread never waits for it.
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

  /** Resolves when the thread is there, or cannot be started; then the next question tries again. */
  async ready(): Promise<void> {
    if (!this.worker) await this.start().catch(() => this.stop());
  }

  /** How many questions have no answer yet. */
  get length(): number {
    return this.waiting;
  }

  /** Answers in the order of the questions. Rejects with a ThreadFailure; the questions behind are not harmed by that. */
  ask(question: Question, ms: number, transfer: Transferable[] = []): Promise<Answer> {
    this.waiting++;
    const mine = this.tail.then(() => this.askNow(question, ms, transfer)).finally(() => this.waiting--);
    this.tail = mine.catch(() => undefined);
    return mine;
  }

  /** Ends the thread for ever: what is asked from now on, or waits, is not answered. */
  async close() {
    this.isClosed = true;
    await this.stop();
  }

  /** Ends the thread; the next question starts another. */
  async stop() {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async askNow(question: Question, ms: number, transfer: Transferable[]): Promise<Answer> {
    if (this.isClosed) throw new ThreadFailure('ended');
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
    // A thread that ends between two questions must neither end the server nor be asked again.
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
    const onError = (error: Error) => end(() => reject(new ThreadFailure(isOutOfMemory(error) ? 'memory' : 'ended')));
    const onExit = () => end(() => reject(new ThreadFailure('ended')));
    const timer = setTimeout(() => end(() => reject(new ThreadFailure('late'))), ms);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

const isOutOfMemory = (error: Error) => 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
