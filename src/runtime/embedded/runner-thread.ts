import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { HookInput, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import type { RealmProgram } from '../../../bot-sdk/prepared-realm.js';
import { recheck } from '../../../bot-sdk/recheck.js';
import type { WebRequest } from '../../../bot-sdk/web.js';
import { inBackground } from '../../kernel/background.js';
import { DeadlineThread, ThreadError } from '../deadline-thread.js';
import type { NetworkAccess } from '../runner.js';

/** A hook for a thread. */
export interface Task {
  program: RealmProgram;
  input: HookInput;
  limits: RunLimits;
  /** The port for the bot's web requests; undefined if it has no network access. */
  port?: MessagePort;
}

/** The answer of a thread. */
export interface ThreadAnswer {
  result: RunResult;
  /** The CPU time of the hook in milliseconds; the wall time if CPU time is not available. */
  usedMs: number;
}

/**
 * The thread stops a hook itself; if it does not, the thread is stopped this much later, and at most after another CPU
 * limit.
 */
const MAX_GRACE_MS = 500;
/**
 * The native stack is larger than QuickJS's own limit, so that QuickJS detects an overflow, at the same depth
 * everywhere.
 */
const RESOURCES = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 8 };

/**
 * A worker thread for bots. It starts on first use, runs one hook at a time, and is replaced if it stops responding.
 */
export class RunnerThread {
  private readonly thread: DeadlineThread<Task, ThreadAnswer>;

  /** @param yields whether the thread has lower CPU priority */
  constructor(yields = false) {
    this.thread = new DeadlineThread(workerFile(), {
      env: {},
      execArgv: [],
      stdin: false,
      resourceLimits: RESOURCES,
      workerData: { yields },
    });
  }

  /** Runs a hook. Always resolves, at most slightly later than the wall-time limit. One call at a time. */
  async run(
    { executed, bundled, owner }: RealmProgram,
    input: HookInput,
    limits: RunLimits,
    network: NetworkAccess,
  ): Promise<ThreadAnswer> {
    const started = performance.now();
    const { ours, theirs } = network.isOpen ? channelTo(network) : {};
    const graceMs = Math.min(limits.cpuMs, MAX_GRACE_MS);
    try {
      const task = { program: { executed, bundled, owner }, input, limits, port: theirs };
      const answer = await this.thread.ask(task, limits.wallMs + graceMs, theirs ? [theirs] : []);
      return { ...answer, result: recheck(answer.result, input, limits) };
    } catch (error) {
      await this.stop();
      const ms = Math.round(performance.now() - started);
      return { result: failed(error, ms), usedMs: ms };
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
  const failure = error instanceof ThreadError ? FAILURES[error.reason] : NONSENSE;
  return { ...failure, effects: [], logs: [], ms };
}

function channelTo(network: NetworkAccess) {
  const { port1: ours, port2: theirs } = new MessageChannel();
  const answer = async (n: number, request: WebRequest) => ours.postMessage({ n, answer: await network.ask(request) });
  ours.on('message', ({ n, request }: { n: number; request: WebRequest }) => {
    inBackground('asking the network', answer(n, request));
  });
  return { ours, theirs };
}

/** The compiled worker. Under Jest this file is TypeScript, so the one in the build is used. */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(
    isSource ? '../../../dist/src/runtime/embedded/embedded.worker.js' : './embedded.worker.js',
    import.meta.url,
  );
}
