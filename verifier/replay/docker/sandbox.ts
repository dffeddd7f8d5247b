import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { HookInput, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import { recheck } from '../../../bot-sdk/recheck.js';
import {
  FrameReader,
  type FromSandbox,
  JSON_FRAME,
  jsonFrame,
  type ToSandbox,
} from '../../../bot-sdk/sandbox-protocol.js';
import type { Web } from '../../../bot-sdk/web.js';
import type { Program } from '../executor.js';
import { type Harness, removeContainer, startContainer } from './container.js';

const READY_MS = 60_000;
/** The harness stops a hook at its limit; if it does not, the container is removed this much later. */
const GRACE_MS = 5_000;
/** More than a hook may put out. */
const MAX_BYTES = 64 * 1_048_576;

/** A container that is bound to one program. It runs one hook at a time. What it says is not trusted. */
export class Sandbox {
  private readonly waiting: ((message: FromSandbox | undefined) => void)[] = [];
  private readonly heard: FromSandbox[] = [];
  private received = 0;
  private hooks = 0;
  isGone = false;

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    const frames = new FrameReader((type, payload) => this.take(type, payload));
    child.stdout.on('data', (bytes: Buffer) => {
      this.received += bytes.length;
      try {
        if (this.received > MAX_BYTES) throw new RangeError('it says too much');
        frames.push(bytes);
      } catch {
        this.lose();
      }
    });
    child.stderr.resume();
    for (const stream of [child, child.stdin]) stream.on('error', () => this.lose());
    child.on('close', () => this.lose());
  }

  /** Undefined if the container does not start, or cannot read the program. */
  static async start(image: string, harness: Harness, program: Program): Promise<Sandbox | undefined> {
    const name = `parley-verify-${randomBytes(8).toString('hex')}`;
    const sandbox = new Sandbox(name, startContainer(image, harness, name));
    if ((await sandbox.next(READY_MS))?.t === 'ready') {
      const { language, module, className, packages, modules, needsProcess, hasNetwork } = program;
      sandbox.send({
        ...{ t: 'bind', language, executed: module, class_name: className ?? '', bundled: { ...packages } },
        ...{ modules: [...modules], needs_process: needsProcess, has_network: hasNetwork },
      });
      if ((await sandbox.next(READY_MS))?.t === 'bound') return sandbox;
    }
    await sandbox.remove();
    return undefined;
  }

  async run(input: HookInput, limits: RunLimits, web: Web): Promise<RunResult> {
    this.hooks += 1;
    this.received = 0;
    const id = this.hooks;
    this.send({ t: 'hook', id, input, limits });
    const end = performance.now() + limits.wallMs + GRACE_MS;
    for (;;) {
      const message = await this.next(end - performance.now());
      if (!message) break;
      if (message.t === 'open') this.send({ t: 'refused', c: message.c, detail: 'nothing is recorded' });
      if (message.t === 'web' && message.id === id) {
        this.send({ t: 'web', id, n: message.n, answer: await web(message.request) });
      }
      if (message.t !== 'done' || message.id !== id) continue;
      if (!message.is_clean) await this.remove();
      return recheck(message.result, input, limits);
    }
    await this.remove();
    const error = { code: 'TIMEOUT', detail: 'the hook took too long' } as const;
    return { outcome: 'timed_out', error, effects: [], logs: [], ms: 0 };
  }

  async remove() {
    this.lose();
    this.child.kill();
    await removeContainer(this.name);
  }

  private send(message: ToSandbox) {
    if (!this.isGone) this.child.stdin.write(jsonFrame(message));
  }

  private take(type: number, payload: Buffer) {
    if (type !== JSON_FRAME) return;
    const message = JSON.parse(payload.toString('utf8')) as FromSandbox;
    const listener = this.waiting.shift();
    if (listener) listener(message);
    else this.heard.push(message);
  }

  /** The next message; undefined after `ms` without one, or if the container has ended. */
  private next(ms: number): Promise<FromSandbox | undefined> {
    const before = this.heard.shift();
    if (before || this.isGone) return Promise.resolve(before);
    return new Promise((resolve) => {
      const listener = (message: FromSandbox | undefined) => {
        clearTimeout(timer);
        resolve(message);
      };
      const timer = setTimeout(
        () => {
          this.waiting.splice(this.waiting.indexOf(listener), 1);
          resolve(undefined);
        },
        Math.max(0, ms),
      );
      this.waiting.push(listener);
    });
  }

  private lose() {
    this.isGone = true;
    for (const listener of this.waiting.splice(0)) listener(undefined);
  }
}
