import type { HookInput, Language, RunLimits, RunResult } from '../../bot-sdk/contract.js';

/** The part of a bundle that a runner needs. */
export interface Executable {
  executed: string;
  language: Language;
}

/**
 * Executes one hook apart from everything else. It answers for every input, within the limits: what a bot does wrong is an
 * outcome, never an exception, and costs that run alone.
 */
export abstract class Runner {
  abstract readonly name: 'embedded' | 'docker';
  /** The engine and its version, as receipts name it. */
  abstract readonly runtime: string;
  abstract readonly languages: readonly Language[];
  abstract run(bundle: Executable, input: HookInput, limits: RunLimits): Promise<RunResult>;
  /** Stops everything. What runs or waits ends as killed. */
  abstract close(): Promise<void>;
}
