import { Worker } from 'node:worker_threads';
import type { BotErrorCode, HookInput, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { recheck } from '../../../bot-sdk/recheck.js';
import type { Executable } from '../runner.js';

/** What a thread is asked to do. */
export interface Task {
  executed: string;
  input: HookInput;
  limits: RunLimits;
}

/** The thread stops a hook itself; after this much more we stop the thread. */
const GRACE_MS = 500;
/** Long enough to load the engine on a busy machine. */
const START_MS = 30_000;
/** A native stack with room for the engine's own limit, so that the engine is the one that notices, everywhere at the same depth. */
const RESOURCES = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 8 };

/** One thread for bots. It starts when first needed, runs one hook at a time, and is replaced when it stops answering. */
export class RunnerThread {
  private worker?: Worker;

  /** Answers always, and within the wall limit and a little. One call at a time. */
  async run({ executed }: Executable, input: HookInput, limits: RunLimits): Promise<RunResult> {
    const started = performance.now();
    try {
      const worker = this.worker ?? (await this.start());
      worker.ref();
      const answer = await ask(worker, { executed, input, limits }, limits.wallMs + GRACE_MS);
      worker.unref();
      return recheck(answer, input, limits);
    } catch (error) {
      await this.stop();
      return failed(error, Math.round(performance.now() - started));
    }
  }

  async stop(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async start(): Promise<Worker> {
    const worker = new Worker(workerFile(), { env: {}, execArgv: [], stdin: false, resourceLimits: RESOURCES });
    this.worker = worker;
    // A thread that ends between two hooks must neither end the server nor be asked again.
    worker.on('error', () => {}).on('exit', () => this.forget(worker));
    await answerOf(worker, START_MS, new ThreadFailure('RUNNER_CRASHED', 'the thread did not start'));
    return worker;
  }

  private forget(worker: Worker) {
    if (this.worker === worker) this.worker = undefined;
  }
}

class ThreadFailure extends Error {
  constructor(
    readonly code: BotErrorCode,
    detail: string,
  ) {
    super(detail);
  }
}

function ask(worker: Worker, task: Task, ms: number): Promise<unknown> {
  const answer = answerOf(worker, ms, new ThreadFailure('TIMEOUT', 'the hook took too long'));
  worker.postMessage(task);
  return answer;
}

function answerOf(worker: Worker, ms: number, late: ThreadFailure): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle();
    };
    const onMessage = (answer: unknown) => end(() => resolve(answer));
    const onError = (error: Error) => end(() => reject(failureOf(error)));
    const onExit = () => end(() => reject(new ThreadFailure('RUNNER_CRASHED', 'the thread ended')));
    const timer = setTimeout(() => end(() => reject(late)), ms);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

function failureOf(error: Error): ThreadFailure {
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new ThreadFailure('MEMORY_LIMIT', 'out of memory');
  return new ThreadFailure('RUNNER_CRASHED', 'the thread failed');
}

function failed(error: unknown, ms: number): RunResult {
  const { code, message } =
    error instanceof ThreadFailure
      ? error
      : { code: 'RUNNER_CRASHED' as const, message: 'the thread gave no valid answer' };
  return {
    outcome: code === 'TIMEOUT' ? 'timed_out' : 'killed',
    error: { code, detail: message },
    effects: [],
    logs: [],
    ms,
  };
}

/** Threads load compiled code. Under Jest this file is TypeScript, and the thread's is in the build. */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(
    isSource ? '../../../dist/src/runtime/embedded/embedded.worker.js' : './embedded.worker.js',
    import.meta.url,
  );
}
