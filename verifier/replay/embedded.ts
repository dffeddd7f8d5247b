import { DEFAULT_LIMITS, type HookInput, type RunLimits, type RunResult } from '../../bot-sdk/contract.js';
import type { CpuClock } from '../../bot-sdk/deadline.js';
import { ENGINE } from '../../bot-sdk/engine.js';
import { LIBRARIES } from '../../bot-sdk/kit/libraries.js';
import { PreparedRealm } from '../../bot-sdk/prepared-realm.js';
import { runHook } from '../../bot-sdk/realm.js';
import { Realms } from '../../bot-sdk/realms.js';
import type { Web } from '../../bot-sdk/web.js';
import type { Executed } from '../bundle/executed.js';
import { namedHash } from '../encoding/hashes.js';
import type { Executor, Lack, Program } from './executor.js';

/** Executes hooks in QuickJS, with the kit that the bundle has. */
export class EmbeddedExecutor implements Executor {
  private readonly realms = new Realms();
  private readonly started = new Map<string, Promise<boolean>>();

  /** `cpu`: the processor time of this thread, where the platform has it. */
  constructor(private readonly cpu?: CpuClock) {}

  async lacks({ engine, kit }: Executed): Promise<Lack | undefined> {
    if (engine !== ENGINE) {
      return { reason: 'unknown-runtime', text: `it ran on ${engine}, and this verifier has ${ENGINE}` };
    }
    // The kit names the libraries that it loads from its host by their hash.
    const [, libraries] = /^\/\/ libraries: (sha256:[0-9a-f]{64})\n/.exec(kit?.text ?? '') ?? [];
    if (kit && libraries !== undefined && libraries !== namedHash(JSON.stringify(LIBRARIES))) {
      return { reason: 'unknown-kit', text: `the kit ${kit.hash} needs libraries of another version` };
    }
    if (kit && !(await this.starts(kit.text))) {
      return { reason: 'unknown-kit', text: `the kit ${kit.hash} was made for another version of the engine's host` };
    }
    return undefined;
  }

  /** Whether this version can host the kit: the interface between them has changed once. */
  private starts(kit: string): Promise<boolean> {
    const known = this.started.get(kit);
    const starts =
      known ??
      PreparedRealm.create(kit, DEFAULT_LIMITS).then(
        () => true,
        () => false,
      );
    this.started.set(kit, starts);
    return starts;
  }

  run({ module, packages, kit }: Program, input: HookInput, limits: RunLimits, web: Web): Promise<RunResult> {
    const program = { executed: module, bundled: packages };
    const time = this.cpu ? { cpuMs: MAX_CPU_MS, wallMs: MAX_WALL_MS } : { cpuMs: MAX_CPU_MS, wallMs: MAX_CPU_MS };
    return runHook(program, input, { ...limits, ...time }, { web, cpu: this.cpu, realms: this.realms, kit: kit?.text });
  }
}

/** Longer than a server lets a hook run (2 s), because a slower machine may repeat it. */
const MAX_CPU_MS = 5_000;
const MAX_WALL_MS = 60_000;
