import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Program } from '../../../bot-sdk/bundle-hash.js';
import type { HookInput, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { recheck } from '../../../bot-sdk/recheck.js';
import type { WebRequest } from '../../../bot-sdk/web.js';
import { inBackground } from '../../kernel/background.js';
import { DeadlineThread, ThreadFailure } from '../deadline-thread.js';
import type { Way } from '../runner.js';

/** What a thread is asked to do. */
export interface Task {
  program: Pick<Program, 'executed' | 'bundled'>;
  input: HookInput;
  limits: RunLimits;
  /** Where the bot's requests to the network go; none where it may make none. */
  port?: MessagePort;
}

/** The thread stops a hook itself; after this much more we stop the thread. */
const GRACE_MS = 500;
/** A native stack with room for the engine's own limit, so that the engine is the one that notices, everywhere at the same depth. */
const RESOURCES = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 8 };

/** One thread for bots. It starts when first needed, runs one hook at a time, and is replaced when it stops answering. */
export class RunnerThread {
  private readonly thread = new DeadlineThread<Task, unknown>(workerFile(), {
    env: {},
    execArgv: [],
    stdin: false,
    resourceLimits: RESOURCES,
  });

  /** Answers always, and within the wall limit and a little. One call at a time. */
  async run({ executed, bundled }: Program, input: HookInput, limits: RunLimits, way: Way): Promise<RunResult> {
    const started = performance.now();
    const { ours, theirs } = way.isOpen ? channelTo(way) : {};
    try {
      const task = { program: { executed, bundled }, input, limits, port: theirs };
      const answer = await this.thread.ask(task, limits.wallMs + GRACE_MS, theirs ? [theirs] : []);
      return recheck(answer, input, limits);
    } catch (error) {
      await this.stop();
      return failed(error, Math.round(performance.now() - started));
    } finally {
      ours?.close();
    }
  }

  async stop(): Promise<void> {
    await this.thread.stop();
  }
}

const FAILURES = {
  late: { outcome: 'timed_out', error: { code: 'TIMEOUT', detail: 'the hook took too long' } },
  memory: { outcome: 'killed', error: { code: 'MEMORY_LIMIT', detail: 'out of memory' } },
  ended: { outcome: 'killed', error: { code: 'RUNNER_CRASHED', detail: 'the thread ended' } },
} as const;
const NONSENSE = {
  outcome: 'killed',
  error: { code: 'RUNNER_CRASHED', detail: 'the thread gave no valid answer' },
} as const;

function failed(error: unknown, ms: number): RunResult {
  const failure = error instanceof ThreadFailure ? FAILURES[error.reason] : NONSENSE;
  return { ...failure, effects: [], logs: [], ms };
}

function channelTo(way: Way) {
  const { port1: ours, port2: theirs } = new MessageChannel();
  const answer = async (n: number, request: WebRequest) => ours.postMessage({ n, answer: await way.ask(request) });
  ours.on('message', ({ n, request }: { n: number; request: WebRequest }) => {
    inBackground('asking the network', answer(n, request));
  });
  return { ours, theirs };
}

/** Threads load compiled code. Under Jest this file is TypeScript, and the thread's is in the build. */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(
    isSource ? '../../../dist/src/runtime/embedded/embedded.worker.js' : './embedded.worker.js',
    import.meta.url,
  );
}
