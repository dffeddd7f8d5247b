import type { HookInput, RunLimits, RunResult } from '../../bot-sdk/contract.js';
import type { Web } from '../../bot-sdk/web.js';
import type { Executed } from '../bundle/executed.js';

/** Executes hooks again. The result depends on nothing but what it is given. */
export interface Executor {
  /** Why it cannot execute this; undefined if it can. */
  lacks(executed: Executed): Promise<Lack | undefined>;
  run(executed: Executed, input: HookInput, limits: RunLimits, web: Web): Promise<RunResult>;
}

export interface Lack {
  readonly reason: 'unknown-runtime' | 'unknown-kit' | 'no-containers';
  readonly text: string;
}
