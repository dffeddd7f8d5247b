import type { Duplex } from 'node:stream';
import type { Program } from '../../bot-sdk/bundle-hash.js';
import type { HookInput, Language, RunError, RunLimits, RunResult } from '../../bot-sdk/contract.js';
import { NO_WEB, type Web } from '../../bot-sdk/web.js';

/** A bot as a runner needs it. */
export interface Executable extends Program {
  /** The built-in modules of the language that the manifest declares. */
  readonly modules: readonly string[];
  /** Whether it is a preset, whose text everybody knows. */
  readonly isPreset?: boolean;
  /** Whether each hook runs in a process of its own, because the bot can reach state that hooks must not share. */
  readonly needsProcess: boolean;
}

/** Whether a bot with this code and these modules needs a process of its own for each hook. */
export const needsProcess = (bundle: { readonly importsDynamically: boolean }, modules: readonly string[]): boolean =>
  bundle.importsDynamically || modules.some((module) => module.startsWith('node:'));

/** A bot's access to the network during one run. */
export interface NetworkAccess {
  /** Whether it has any access: the manifest declares hosts. */
  readonly isOpen: boolean;
  readonly ask: Web;
  /** A raw connection. Rejects with an error whose message is our own text. */
  tunnel(host: string, port: number): Promise<Duplex>;
}

/** The network access of a bot that declares no hosts. */
export const NO_NETWORK: NetworkAccess = {
  isOpen: false,
  ask: NO_WEB,
  tunnel: () => Promise.reject(new Error('the bot declares no hosts')),
};

/** The account that a hook belongs to, and whether its bot is late (has repeatedly timed out). */
export interface RunPriority {
  readonly account: string;
  readonly isLate: boolean;
  /** Called when the hook starts to wait for its turn, and `began` when it starts; again if it is repeated. */
  readonly waits: () => void;
  readonly began: () => void;
}

/** For runs outside a queue. */
export const NO_PRIORITY: RunPriority = { account: '', isLate: false, waits: () => {}, began: () => {} };

export type RunnerName = 'embedded' | 'docker';

/**
 * Executes a hook in isolation. It returns a result for every input, within the limits: an error of a bot is a result,
 * never an exception, and affects only that run.
 */
export abstract class Runner {
  abstract readonly name: RunnerName;
  abstract readonly languages: readonly Language[];
  /** The engine and its version, as written in receipts. */
  abstract engineOf(language: Language): string;
  /** Why the runner cannot run the bot; undefined if it can. */
  abstract lacks(executable: Executable): RunError | undefined;
  /**
   * Checks the bot's code as far as possible without a hook. If that needs a sandbox, it waits for the account's turn.
   */
  abstract check(executable: Executable, account?: string): Promise<RunError | undefined>;
  /** Runs a hook when it is its account's turn. */
  abstract run(
    executable: Executable,
    input: HookInput,
    limits: RunLimits,
    network: NetworkAccess,
    turn?: RunPriority,
  ): Promise<RunResult>;
  /** Runs a trial (`input.trial`) when it is its account's turn, isolated from attachments of the same code. */
  abstract tryOut(
    executable: Executable,
    input: HookInput,
    limits: RunLimits,
    network: NetworkAccess,
    turn: RunPriority,
  ): Promise<RunResult>;
  /** Removes everything of a bot: its waiting hooks do not run, and its sandbox is destroyed. */
  abstract forget(bot: BotKey): void;
  /** Stops everything. Running and waiting hooks end as killed. */
  abstract close(): Promise<void>;
}

export type BotKey = Pick<HookInput, 'channel_id' | 'bot_id'>;

/** Errors of a hook that got no thread or container: it did not run and can be repeated. */
export const UNAVAILABLE_CODES: ReadonlySet<RunError['code']> = new Set(['SANDBOX_UNAVAILABLE', 'QUEUE_FULL']);

/** The result of a run that did not happen or whose result is unknown. */
export const notRun = (code: RunError['code'], detail: string, ms = 0): RunResult => ({
  outcome: 'killed',
  error: { code, detail },
  effects: [],
  logs: [],
  ms: Math.round(ms),
});
