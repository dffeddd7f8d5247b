import { prepare } from '../../bot-sdk/bundle.js';
import type { HookInput, Manifest, RunLimits, RunResult } from '../../bot-sdk/contract.js';
import type { Web } from '../../bot-sdk/web.js';
import type { Bot } from '../bundle/bots.js';
import type { Source } from '../bundle/bundle.js';
import type { Executed } from '../bundle/executed.js';

/** Executes hooks again. The result depends on nothing but what it is given. */
export interface Executor {
  /** Why it cannot execute this; undefined if it can. */
  lacks(executed: Executed): Promise<Lack | undefined>;
  run(program: Program, input: HookInput, limits: RunLimits, web: Web): Promise<RunResult>;
}

export interface Lack {
  readonly reason: 'unknown-runtime' | 'unknown-kit' | 'no-containers';
  readonly text: string;
}

/** There is no place to execute a program, although there seemed to be one. */
export class NoSandboxError extends Error {}

/** What is executed, and what its manifest allows it in a container. */
export interface Program extends Executed {
  readonly bundleHash: string;
  readonly modules: readonly string[];
  /** Each hook runs in a process of its own. */
  readonly needsProcess: boolean;
  readonly hasNetwork: boolean;
}

export function programOf(bundleHash: string, executed: Executed, bot: Bot, source: Source | undefined): Program {
  const { permissions } = (bot.manifest ?? {}) as Partial<Manifest>;
  const { modules = [], network = [] } = permissions ?? {};
  return {
    ...executed,
    bundleHash,
    modules,
    needsProcess: modules.some((module) => module.startsWith('node:')) || importsDynamically(executed, bot, source),
    hasNetwork: network.length > 0,
  };
}

function importsDynamically({ language, module }: Executed, { name }: Bot, source: Source | undefined): boolean {
  // Most sources have no such word, and reading one takes time.
  if (!source?.text.includes('import')) return false;
  return [undefined, name].some((given) => {
    try {
      const prepared = prepare(source.text, language, given);
      return prepared.executed === module && prepared.importsDynamically;
    } catch {
      return false;
    }
  });
}
