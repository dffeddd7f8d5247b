import type { HookInput, RunLimits, RunResult } from '../../../bot-sdk/contract.js';
import type { Web } from '../../../bot-sdk/web.js';
import type { Executed } from '../../bundle/executed.js';
import { ROOT_FILE_SYSTEMS } from '../../bundle/released.js';
import { type Executor, type Lack, NoSandboxError, type Program } from '../executor.js';
import { type Harness, imageOf } from './container.js';
import { Sandbox } from './sandbox.js';

/** Executes hooks of bots that ran in containers, in a container with the same root file system. */
export class DockerExecutor implements Executor, AsyncDisposable {
  private readonly images = new Map<string, Promise<string | undefined>>();
  private current?: { readonly bundleHash: string; readonly sandbox: Sandbox };

  /** `trusted`: root file systems that are trusted, besides those that a release published. */
  constructor(private readonly trusted: readonly string[] = []) {}

  async lacks({ engine }: Executed): Promise<Lack | undefined> {
    const runtime = runtimeOf(engine);
    if (!runtime) return { reason: 'unknown-runtime', text: `it ran on ${engine}, which is not known here` };
    const { rootfs } = runtime;
    if (!ROOT_FILE_SYSTEMS.includes(rootfs) && !this.trusted.includes(rootfs)) {
      return { reason: 'unknown-runtime', text: `no release published the root file system ${rootfs}` };
    }
    if (await this.image(rootfs)) return undefined;
    return {
      reason: 'no-containers',
      text: `there is no Docker here, or no image with the root file system ${rootfs}`,
    };
  }

  async run(program: Program, input: HookInput, limits: RunLimits, web: Web): Promise<RunResult> {
    const sandbox = await this.sandboxOf(program);
    if (!sandbox) throw new NoSandboxError('the container did not start, or could not read the bot');
    return sandbox.run(input, { ...limits, ...TIME }, web);
  }

  async [Symbol.asyncDispose]() {
    await this.current?.sandbox.remove();
    this.current = undefined;
  }

  private image(rootfs: string) {
    const known = this.images.get(rootfs) ?? imageOf(rootfs);
    this.images.set(rootfs, known);
    return known;
  }

  /** The runs of one bot come one after another. */
  private async sandboxOf(program: Program): Promise<Sandbox | undefined> {
    const { current } = this;
    if (current?.bundleHash === program.bundleHash && !current.sandbox.isGone) return current.sandbox;
    await this[Symbol.asyncDispose]();
    const { harness, rootfs } = runtimeOf(program.engine) as Runtime;
    const sandbox = await Sandbox.start((await this.image(rootfs)) as string, harness, program);
    if (sandbox) this.current = { bundleHash: program.bundleHash, sandbox };
    return sandbox;
  }
}

/** Longer than a server lets a hook run, because a slower machine may repeat it. */
const TIME = { wallMs: 30_000, cpuMs: 5_000 };

interface Runtime {
  readonly harness: Harness;
  readonly rootfs: string;
}

function runtimeOf(engine: string): Runtime | undefined {
  const [, harness, rootfs] = /^(node|python)@[\w.]+ rootfs (sha256:[0-9a-f]{64})$/.exec(engine) ?? [];
  return rootfs === undefined ? undefined : { harness: harness as Harness, rootfs };
}
