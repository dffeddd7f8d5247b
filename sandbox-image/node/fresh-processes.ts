import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { RunResult } from '../../bot-sdk/contract.js';
import type { FromSandbox, ToSandbox } from '../../bot-sdk/sandbox-protocol.js';
import { Line } from './line.js';
import type { Bind, Hook, Hooks, Send } from './sandbox.js';
import { PROXY_PORT } from './tunnel-proxy.js';
import { isAlone, wipeWorkspace } from './workspace.js';

/** A child may read the harness and use the workspace; Node itself refuses it all other files, children and threads. */
const FLAGS = [
  '--no-warnings',
  '--experimental-vm-modules',
  '--disallow-code-generation-from-strings',
  '--disable-sigusr1',
  '--max-old-space-size=128',
  // What a new buffer held before would differ from run to run.
  '--zero-fill-buffers',
  '--permission',
  '--allow-fs-read=/opt/sandbox',
  '--allow-fs-read=/workspace',
  '--allow-fs-write=/workspace',
];

interface Child {
  readonly process: ChildProcess;
  readonly line: Line<FromSandbox, ToSandbox>;
  /** What the child had to say before it died. */
  complaints: string;
}

/** Carries out each hook in a process of its own, which is started beforehand and does not outlive the hook. */
export class FreshProcesses implements Hooks {
  private next: Child;
  private current?: {
    readonly hook: Hook;
    readonly child: Child;
    readonly started: number;
    readonly timer: NodeJS.Timeout;
  };
  private spentMs = 0;

  constructor(
    private readonly bot: Bind,
    private readonly send: Send,
  ) {
    this.next = this.start();
  }

  async perform(hook: Hook) {
    // Somebody may have ended it while it waited.
    const child = isOver(this.next) ? this.start() : this.next;
    const timer = setTimeout(() => child.process.kill('SIGKILL'), hook.limits.wallMs);
    this.current = { hook, child, started: performance.now(), timer };
    child.line.send(hook);
  }

  answered(answer: Extract<ToSandbox, { t: 'web' }>) {
    if (answer.id === this.current?.hook.id) this.current.child.line.send(answer);
  }

  private start(): Child {
    // One thread waits for what the sandbox says. What the other does alone is done in the order in which it was asked for.
    const repeatable = { HOME: '/workspace', TZ: 'UTC', LANG: 'C.UTF-8', UV_THREADPOOL_SIZE: '2' };
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
      line: new Line(output as Readable, input as Writable, (message: FromSandbox) => this.hear(started, message)),
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

  /** A child that ended without an answer was stopped: by us, by the kernel, or by itself. */
  private ended(child: Child, signal: NodeJS.Signals | null) {
    if (child !== this.current?.child) return;
    const { hook, started } = this.current;
    const ms = Math.round(performance.now() - started);
    // It could not tell what it used; more than this was not to be had.
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
      // One that is not clean is destroyed, and may have no room for another process.
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
  // The kernel takes the largest process when the memory of the container is used up.
  const isMemory = /heap out of memory|allocation failed/i.test(complaints) || signal === 'SIGKILL';
  const code = isMemory ? 'MEMORY_LIMIT' : 'RUNNER_CRASHED';
  return { outcome: 'killed', error: { code, detail: isMemory ? 'out of memory' : 'the process ended' } };
}
