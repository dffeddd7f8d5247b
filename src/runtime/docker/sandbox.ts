import { setTimeout as delay } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import type { HookInput, RunError, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { recheck } from '../../../bot-sdk/recheck.js';
import type { FromSandbox } from '../../../bot-sdk/sandbox-protocol.js';
import type { WebRequest } from '../../../bot-sdk/web.js';
import { inBackground } from '../../kernel/background.js';
import { type Executable, type NetworkAccess, notRun } from '../runner.js';
import { LOW_CPU_PRIORITY } from './container-options.js';
import { CpuWatch } from './cpu-watch.js';
import { withTimeout } from './engine-timeout.js';
import { FrameChannel } from './frame-channel.js';
import { HookClock } from './hook-clock.js';
import { removeContainer } from './remove-container.js';
import { Tunnels } from './tunnels.js';

/** How long to wait for a start: enough for a cold machine under load. */
const READY_MS = 20_000;
const BIND_MS = 5_000;
/** The maximum bytes of a hook's result, logs and web requests. Tunnels have their own budget. */
const HOOK_BYTES = 16 * 1_048_576;

const ATTACHED = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true } as const;

/** The result of a run, and whether the sandbox can be used again. */
export interface SandboxRun {
  readonly result: RunResult;
  readonly isReusable: boolean;
}

interface Running {
  readonly id: number;
  readonly network: NetworkAccess;
  readonly input: HookInput;
  readonly limits: RunLimits;
  readonly started: number;
  readonly settle: (ran: SandboxRun) => void;
  asked: number;
}

/** A container. It is bound to one bot, runs one hook at a time, and is destroyed after a problem, never repaired. */
export class Sandbox {
  hooks = 0;
  readonly startedAt = performance.now();
  private readonly channel: FrameChannel;
  private readonly tunnels: Tunnels;
  private readonly cpu: CpuWatch;
  private running?: Running;
  private heardFirst?: (message: FromSandbox | undefined) => void;
  private isYielding = false;
  private isGone = false;
  private removal?: Promise<void>;
  private wasRemoved: () => void = () => {};
  /** Resolves when the container is removed. */
  readonly gone = new Promise<void>((resolve) => {
    this.wasRemoved = resolve;
  });

  private constructor(
    private readonly container: Dockerode.Container,
    stream: NodeJS.ReadWriteStream,
  ) {
    this.channel = new FrameChannel(stream as never, {
      heard: (message) => this.heard(message),
      heardBytes: (connection, bytes) => this.tunnels.heardBytes(connection, bytes),
      lost: (reason) => inBackground('losing a sandbox', this.lost(reason)),
    });
    this.tunnels = new Tunnels(this.channel);
    this.cpu = new CpuWatch(container);
  }

  /** Creates a container and waits until it is ready. Rejects if it fails, after removing the container. */
  static async start(docker: Dockerode, options: Dockerode.ContainerCreateOptions): Promise<Sandbox> {
    const container = await withTimeout(docker.createContainer(options), (late) =>
      inBackground('removing a container', removeContainer(late)),
    );
    try {
      // Attached before the start, so that no output is lost.
      const stream = await withTimeout(container.attach(ATTACHED));
      const sandbox = new Sandbox(container, stream);
      const ready = sandbox.next(READY_MS);
      await withTimeout(container.start());
      if ((await ready)?.t !== 'ready')
        throw new Error(`the sandbox did not start: ${sandbox.channel.complaints.trim()}`);
      return sandbox;
    } catch (error) {
      await removeContainer(container);
      throw error;
    }
  }

  get isUsable(): boolean {
    return !this.isGone;
  }

  /** Loads the bot, once. Returns the error of the bot's code, if any. */
  async bind({ language, executed, className, bundled, modules, needsProcess }: Executable, hasNetwork: boolean) {
    const answer = this.next(BIND_MS);
    this.channel.send({
      t: 'bind',
      language,
      executed,
      class_name: className,
      bundled: { ...bundled },
      modules: [...modules],
      needs_process: needsProcess,
      has_network: hasNetwork,
    });
    const message = await answer;
    if (message?.t === 'bound') return undefined;
    if (message?.t === 'unbound') return faultOf(message.error);
    return { code: 'TIMEOUT', detail: 'the bot takes too long to read' } satisfies RunError;
  }

  /** Runs a hook. Always resolves, at most slightly later than the wall-time limit. */
  run(input: HookInput, limits: RunLimits, network: NetworkAccess): Promise<SandboxRun> {
    const started = performance.now();
    return new Promise((resolve) => {
      if (this.isGone) return resolve(this.failure('RUNNER_CRASHED', 'the sandbox ended', started));
      const clock = new HookClock(limits, this.cpu, {
        onSlow: () => this.yield(),
        onLimitExceeded: (detail) => this.stop(detail),
      });
      const settle = (ran: SandboxRun) => {
        this.running = undefined;
        clock.stop();
        this.tunnels.closeAll();
        resolve(ran);
      };
      const id = ++this.hooks;
      this.running = { id, network, input, limits, started, settle, asked: 0 };
      this.channel.allow(HOOK_BYTES);
      this.channel.send({ t: 'hook', id, input, limits });
    });
  }

  /** Resolves when the container is removed. */
  destroy(): Promise<void> {
    this.channel.close();
    const { running } = this;
    running?.settle(this.failure('RUNNER_CRASHED', 'the sandbox was taken down', running.started));
    return this.remove();
  }

  private heard(message: FromSandbox) {
    if (this.heardFirst) return this.heardFirst(message);
    const { running } = this;
    if (message.t === 'open' || message.t === 'end' || message.t === 'closed') {
      return this.tunnels.heard(message, running?.network);
    }
    // Messages are ignored while no hook runs.
    if (!running || !('id' in message) || message.id !== running.id) return;
    if (message.t === 'web') inBackground('asking the network', this.askFor(running, message.n, message.request));
    if (message.t === 'done') this.done(running, message);
  }

  private async askFor(running: Running, n: number, request: WebRequest) {
    // The harness counts as well; a wrong number means that the bot made the message.
    if (n !== running.asked || n >= running.limits.fetches) return this.stop('it asked the network out of turn');
    running.asked += 1;
    try {
      const answer = await running.network.ask(request);
      if (this.running === running) this.channel.send({ t: 'web', id: running.id, n, answer });
    } catch (error) {
      // Otherwise the hook would wait until its time is up.
      if (this.running === running) this.stop('the network gave no answer');
      throw error;
    }
  }

  private done({ input, limits, settle, started }: Running, message: Extract<FromSandbox, { t: 'done' }>) {
    this.cpu.recordUsage(message.cpu_ms);
    try {
      const result = { ...recheck(message.result, input, limits), ms: Math.round(performance.now() - started) };
      const { outcome } = result;
      settle({ result, isReusable: message.is_clean && outcome !== 'killed' && outcome !== 'timed_out' });
    } catch {
      settle(this.failure('RUNNER_CRASHED', 'the sandbox gave no valid answer', started));
    }
  }

  private yield() {
    if (this.isYielding) return;
    this.isYielding = true;
    this.container.update(LOW_CPU_PRIORITY).catch(() => {});
  }

  private stop(detail: string) {
    const { running } = this;
    if (!running) return;
    const ms = Math.round(performance.now() - running.started);
    const error = { code: 'TIMEOUT', detail } as const;
    running.settle({ result: { outcome: 'timed_out', error, effects: [], logs: [], ms }, isReusable: false });
  }

  /** The next message; undefined after `ms` without one. */
  private next(ms: number): Promise<FromSandbox | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.heardFirst?.(undefined), ms);
      this.heardFirst = (message) => {
        clearTimeout(timer);
        this.heardFirst = undefined;
        resolve(message);
      };
      if (this.isGone) this.heardFirst(undefined);
    });
  }

  /** The connection to the sandbox has ended. The reason is read before the container is removed. */
  private async lost(reason?: string) {
    const { running } = this;
    this.isGone = true;
    this.heardFirst?.(undefined);
    const isMemory = !reason && (await this.ranOutOfMemory());
    if (running && this.running === running) {
      const code = isMemory ? 'MEMORY_LIMIT' : 'RUNNER_CRASHED';
      running.settle(this.failure(code, isMemory ? 'out of memory' : (reason ?? 'the sandbox ended'), running.started));
    }
    await this.remove();
  }

  private async ranOutOfMemory(): Promise<boolean> {
    if (/heap out of memory|Allocation failed/i.test(this.channel.complaints)) return true;
    // The connection closes shortly before the engine knows the reason.
    await Promise.race([this.container.wait().catch(() => {}), delay(1_000, undefined, { ref: false })]);
    const { State } = await this.container.inspect().catch(() => ({ State: undefined }));
    return State?.OOMKilled === true;
  }

  private failure(code: 'RUNNER_CRASHED' | 'MEMORY_LIMIT', detail: string, started: number): SandboxRun {
    return { result: notRun(code, detail, performance.now() - started), isReusable: false };
  }

  private remove(): Promise<void> {
    this.isGone = true;
    this.removal ??= removeContainer(this.container).then(() => this.wasRemoved());
    return this.removal;
  }
}

const FAULTS = new Set<RunError['code']>(['BOT_THREW', 'MODULE_NOT_ALLOWED', 'MEMORY_LIMIT', 'TIMEOUT']);

function faultOf(error: unknown): RunError {
  const { code, detail, module, allowed } = Object(error) as Partial<RunError>;
  return {
    code: code && FAULTS.has(code) ? code : 'BOT_THREW',
    detail: textOf(detail, 500),
    ...(module === undefined
      ? {}
      : {
          module: textOf(module, 200),
          allowed: [allowed]
            .flat()
            .slice(0, 100)
            .map((name) => textOf(name, 200)),
        }),
  };
}

const textOf = (value: unknown, maxLength: number) =>
  typeof value === 'string' ? value.slice(0, maxLength).toWellFormed() : '';
