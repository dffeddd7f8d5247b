import { setTimeout as delay } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import type { HookInput, RunError, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { recheck } from '../../../bot-sdk/recheck.js';
import type { FromSandbox } from '../../../bot-sdk/sandbox-protocol.js';
import type { WebRequest } from '../../../bot-sdk/web.js';
import { inBackground } from '../../kernel/background.js';
import { type Executable, notRun, type Way } from '../runner.js';
import { YIELDING } from './container-options.js';
import { CpuWatch } from './cpu-watch.js';
import { inTime } from './deadline.js';
import { HookClock } from './hook-clock.js';
import { removed } from './removal.js';
import { Tunnels } from './tunnels.js';
import { Wire } from './wire.js';

/** Long enough for a cold machine under load; a sandbox that is not ready by then never will be. */
const READY_MS = 20_000;
const BIND_MS = 5_000;
/** Of a hook: its result, its logs, its web requests. A tunnel's bytes are counted by the way. */
const HOOK_BYTES = 16 * 1_048_576;

const ATTACHED = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true } as const;

/** What became of a run, and whether the sandbox is as good as before. */
export interface Ran {
  readonly result: RunResult;
  readonly isReusable: boolean;
}

interface Running {
  readonly id: number;
  readonly way: Way;
  readonly input: HookInput;
  readonly limits: RunLimits;
  readonly started: number;
  readonly settle: (ran: Ran) => void;
  asked: number;
}

/** One container. It is bound to one bot, runs one hook at a time, and is destroyed rather than repaired. */
export class Sandbox {
  hooks = 0;
  readonly startedAt = performance.now();
  private readonly wire: Wire;
  private readonly tunnels: Tunnels;
  private readonly cpu: CpuWatch;
  private running?: Running;
  private heardFirst?: (message: FromSandbox | undefined) => void;
  private isYielding = false;
  private isGone = false;
  private removal?: Promise<void>;
  private wasRemoved: () => void = () => {};
  /** Resolves when nothing is left of the container. */
  readonly gone = new Promise<void>((resolve) => {
    this.wasRemoved = resolve;
  });

  private constructor(
    private readonly container: Dockerode.Container,
    stream: NodeJS.ReadWriteStream,
  ) {
    this.wire = new Wire(stream as never, {
      heard: (message) => this.heard(message),
      heardBytes: (connection, bytes) => this.tunnels.heardBytes(connection, bytes),
      lost: (reason) => inBackground('losing a sandbox', this.lost(reason)),
    });
    this.tunnels = new Tunnels(this.wire);
    this.cpu = new CpuWatch(container);
  }

  /** Creates a container and waits until it is ready. Rejects when it does not get there; nothing is left then. */
  static async start(docker: Dockerode, options: Dockerode.ContainerCreateOptions): Promise<Sandbox> {
    const container = await inTime(docker.createContainer(options), (late) =>
      inBackground('removing a container', removed(late)),
    );
    try {
      // Attached before it starts, so that not a byte is missed.
      const stream = await inTime(container.attach(ATTACHED));
      const sandbox = new Sandbox(container, stream);
      const ready = sandbox.next(READY_MS);
      await inTime(container.start());
      if ((await ready)?.t !== 'ready') throw new Error(`the sandbox did not start: ${sandbox.wire.complaints.trim()}`);
      return sandbox;
    } catch (error) {
      await removed(container);
      throw error;
    }
  }

  get isUsable(): boolean {
    return !this.isGone;
  }

  /** Gives the sandbox its bot, once. Answers with what is wrong with the bot. */
  async bind({ language, executed, className, bundled, modules, needsProcess }: Executable, hasNetwork: boolean) {
    const answer = this.next(BIND_MS);
    this.wire.send({
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

  /** Answers always, and within the wall limit and a little. */
  run(input: HookInput, limits: RunLimits, way: Way): Promise<Ran> {
    const started = performance.now();
    return new Promise((resolve) => {
      if (this.isGone) return resolve(this.failure('RUNNER_CRASHED', 'the sandbox ended', started));
      const clock = new HookClock(limits, this.cpu, {
        tookLong: () => this.yield(),
        overdrawn: (detail) => this.stop(detail),
      });
      const settle = (ran: Ran) => {
        this.running = undefined;
        clock.stop();
        this.tunnels.closeAll();
        resolve(ran);
      };
      const id = ++this.hooks;
      this.running = { id, way, input, limits, started, settle, asked: 0 };
      this.wire.allow(HOOK_BYTES);
      this.wire.send({ t: 'hook', id, input, limits });
    });
  }

  /** Resolves when nothing of it is left. */
  destroy(): Promise<void> {
    this.wire.close();
    const { running } = this;
    running?.settle(this.failure('RUNNER_CRASHED', 'the sandbox was taken down', running.started));
    return this.remove();
  }

  private heard(message: FromSandbox) {
    if (this.heardFirst) return this.heardFirst(message);
    const { running } = this;
    if (message.t === 'open' || message.t === 'end' || message.t === 'closed') {
      return this.tunnels.heard(message, running?.way);
    }
    // What it says while nobody asks is not looked at.
    if (!running || !('id' in message) || message.id !== running.id) return;
    if (message.t === 'web') inBackground('asking the network', this.askFor(running, message.n, message.request));
    if (message.t === 'done') this.done(running, message);
  }

  private async askFor(running: Running, n: number, request: WebRequest) {
    // The harness counts too; what comes out of turn was made by the bot.
    if (n !== running.asked || n >= running.limits.fetches) return this.stop('it asked the network out of turn');
    running.asked += 1;
    try {
      const answer = await running.way.ask(request);
      if (this.running === running) this.wire.send({ t: 'web', id: running.id, n, answer });
    } catch (error) {
      // Without an answer the hook would wait until its time is up.
      if (this.running === running) this.stop('the network gave no answer');
      throw error;
    }
  }

  private done({ input, limits, settle, started }: Running, message: Extract<FromSandbox, { t: 'done' }>) {
    this.cpu.told(message.cpu_ms);
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
    this.container.update(YIELDING).catch(() => {});
  }

  private stop(detail: string) {
    const { running } = this;
    if (!running) return;
    const ms = Math.round(performance.now() - running.started);
    const error = { code: 'TIMEOUT', detail } as const;
    running.settle({ result: { outcome: 'timed_out', error, effects: [], logs: [], ms }, isReusable: false });
  }

  /** The next message, or undefined when none comes in time. */
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

  /** The sandbox closed its line, or was cut off. Why it ended is asked while there is still something to ask. */
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
    if (/heap out of memory|Allocation failed/i.test(this.wire.complaints)) return true;
    // Its line closes a moment before the engine knows why.
    await Promise.race([this.container.wait().catch(() => {}), delay(1_000, undefined, { ref: false })]);
    const { State } = await this.container.inspect().catch(() => ({ State: undefined }));
    return State?.OOMKilled === true;
  }

  private failure(code: 'RUNNER_CRASHED' | 'MEMORY_LIMIT', detail: string, started: number): Ran {
    return { result: notRun(code, detail, performance.now() - started), isReusable: false };
  }

  private remove(): Promise<void> {
    this.isGone = true;
    this.removal ??= removed(this.container).then(() => this.wasRemoved());
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

const textOf = (value: unknown, most: number) =>
  typeof value === 'string' ? value.slice(0, most).replace(/\p{Surrogate}/gu, '\ufffd') : '';
