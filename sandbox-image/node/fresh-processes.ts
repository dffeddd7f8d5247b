import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { RunResult } from '../../bot-sdk/contract.js';
import type { FromSandbox, ToSandbox } from '../../bot-sdk/sandbox-protocol.js';
import { FrameStream } from './frame-stream.js';
import type { BindMessage, HookMessage, Hooks, Send } from './hooks.js';
import { PROXY_PORT } from './tunnel-proxy.js';
import { isAlone, wipeWorkspace } from './workspace.js';

/**
 * Node's permission flags: the child may read the harness and use the workspace, but no other files, child processes or
 * threads.
 */
const FLAGS = [
  '--no-warnings',
  '--experimental-vm-modules',
  '--disallow-code-generation-from-strings',
  '--disable-sigusr1',
  '--max-old-space-size=128',
  // Code compiled during the run would have another stack depth and other engine functions in error stacks, so results
  // would differ.
  '--no-opt',
  '--no-maglev',
  // The previous content of a new buffer would differ between runs.
  '--zero-fill-buffers',
  '--permission',
  '--allow-fs-read=/opt/sandbox',
  '--allow-fs-read=/workspace',
  '--allow-fs-write=/workspace',
];

interface Child {
  readonly process: ChildProcess;
  readonly line: FrameStream<FromSandbox, ToSandbox>;
  /** The child's standard error. */
  complaints: string;
}

/** Runs each hook in a process of its own, which is started in advance and ends with the hook. */
export class FreshProcesses implements Hooks {
  private next: Child;
  private current?: {
    readonly hook: HookMessage;
    readonly child: Child;
    readonly started: number;
    readonly timer: NodeJS.Timeout;
  };
  private spentMs = 0;

  constructor(
    private readonly bot: BindMessage,
    private readonly send: Send,
  ) {
    this.next = this.start();
  }

  async perform(hook: HookMessage) {
    // The child may have been killed while it waited.
    const child = isOver(this.next) ? this.start() : this.next;
    const timer = setTimeout(() => child.process.kill('SIGKILL'), hook.limits.wallMs);
    this.current = { hook, child, started: performance.now(), timer };
    child.line.send(hook);
  }

  answered(answer: Extract<ToSandbox, { t: 'web' }>) {
    if (answer.id === this.current?.hook.id) this.current.child.line.send(answer);
  }

  private start(): Child {
    // With one thread in the libuv pool, operations finish in the order in which they were started.
    const repeatable = { HOME: '/workspace', TZ: 'UTC', LANG: 'C.UTF-8', UV_THREADPOOL_SIZE: '1' };
    const env = { ...repeatable, ...(this.bot.has_network ? PROXIED : {}) };
    const child = spawn(process.execPath, [...FLAGS, process.argv[1] as string, 'hook'], {
      cwd: '/workspace',
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    const [, , , input, output] = child.stdio;
    input?.on('error', () => {});
    const started: Child = {
      process: child,
      complaints: '',
      line: new FrameStream(output as Readable, input as Writable, (message: FromSandbox) =>
        this.hear(started, message),
      ),
    };
    child.stderr?.on('data', (text) => {
      started.complaints = (started.complaints + text).slice(-4_096);
    });
    child.on('exit', (_, signal) => this.ended(started, signal));
    started.line.send(this.bot);
    return started;
  }

  private hear(child: Child, message: FromSandbox) {
    if (child !== this.current?.child) return;
    if (message.t === 'web') this.send(message);
    if (message.t !== 'done') return;
    this.spentMs += message.cpu_ms;
    this.finish(message.result);
  }

  /** A child that ended without an answer was killed by us or by the kernel, or exited by itself. */
  private ended(child: Child, signal: NodeJS.Signals | null) {
    if (child !== this.current?.child) return;
    const { hook, started } = this.current;
    const ms = Math.round(performance.now() - started);
    // It could not report its CPU time; this is an upper bound.
    this.spentMs += ms;
    this.finish({ ...stopped(child, signal, ms >= hook.limits.wallMs), effects: [], logs: [], ms });
  }

  private finish(result: unknown) {
    const { current } = this;
    if (!current) return;
    this.current = undefined;
    clearTimeout(current.timer);
    const { hook, child } = current;
    const done = (is_clean: boolean) =>
      this.send({ t: 'done', id: hook.id, result, is_clean, cpu_ms: this.spentMs + cpuMs() });
    const clean = async () => {
      const isClean = (await wipeWorkspace()) && isAlone();
      // If the sandbox is not clean it will be destroyed, and may not be able to start another process.
      if (isClean) this.next = this.start();
      return isClean;
    };
    const tell = () => {
      clean().then(done, () => done(false));
    };
    if (isOver(child)) return tell();
    child.process.once('exit', tell);
    child.process.kill('SIGKILL');
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const PROXIED = {
  NODE_USE_ENV_PROXY: '1',
  HTTPS_PROXY: `http://127.0.0.1:${PROXY_PORT}`,
  HTTP_PROXY: `http://127.0.0.1:${PROXY_PORT}`,
};

const isOver = ({ process: { exitCode, signalCode } }: Child) => exitCode !== null || signalCode !== null;

function stopped(
  { complaints }: Child,
  signal: NodeJS.Signals | null,
  isLate: boolean,
): Pick<RunResult, 'outcome' | 'error'> {
  if (isLate) return { outcome: 'timed_out', error: { code: 'TIMEOUT', detail: 'the hook took too long' } };
  // The kernel kills the largest process when the container is out of memory.
  const isMemory = /heap out of memory|allocation failed/i.test(complaints) || signal === 'SIGKILL';
  const code = isMemory ? 'MEMORY_LIMIT' : 'RUNNER_CRASHED';
  return { outcome: 'killed', error: { code, detail: isMemory ? 'out of memory' : 'the process ended' } };
}
