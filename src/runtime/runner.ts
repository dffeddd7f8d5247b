import type { Duplex } from 'node:stream';
import type { Program } from '../../bot-sdk/bundle-hash.js';
import type { HookInput, Language, RunError, RunLimits, RunResult } from '../../bot-sdk/contract.js';
import { NO_WEB, type Web } from '../../bot-sdk/web.js';

/** What a runner needs to know of a bot. */
export interface Executable extends Program {
  /** The modules of the language itself that the manifest declares. */
  readonly modules: readonly string[];
  /** Whether each hook gets a process of its own, because the bot reaches what cannot be shared between two hooks. */
  readonly needsProcess: boolean;
}

/** A bot's way to the network during one run. */
export interface Way {
  /** Whether it leads anywhere: the manifest names hosts. */
  readonly isOpen: boolean;
  readonly ask: Web;
  /** Bytes both ways, unread. Rejects with a reason of our own words. */
  tunnel(host: string, port: number): Promise<Duplex>;
}

/** The way of a bot that declares no hosts. */
export const NO_WAY: Way = {
  isOpen: false,
  ask: NO_WEB,
  tunnel: () => Promise.reject(new Error('the bot declares no hosts')),
};

/** On whose account a hook runs, and whether it has lost its place among those that keep to their time. */
export interface Turn {
  readonly account: string;
  readonly isLate: boolean;
  /** Called when the hook begins to wait for its turn, and when its turn has come; perhaps again, where it is run anew. */
  readonly waits: () => void;
  readonly began: () => void;
}

/** Where nobody else waits. */
export const ANY_TURN: Turn = { account: '', isLate: false, waits: () => {}, began: () => {} };

export type RunnerName = 'embedded' | 'docker';

/**
 * Executes one hook apart from everything else. It answers for every input, within the limits: what a bot does wrong is an
 * outcome, never an exception, and costs that run alone.
 */
export abstract class Runner {
  abstract readonly name: RunnerName;
  abstract readonly languages: readonly Language[];
  /** The engine and its version, as receipts name it. */
  abstract engineOf(language: Language): string;
  /** What it cannot give the bot, whatever its code does. */
  abstract lacks(executable: Executable): RunError | undefined;
  /** Whether it can run the bot at all, as far as shows without a hook. Where that takes a sandbox, the account waits its turn. */
  abstract check(executable: Executable, account?: string): Promise<RunError | undefined>;
  /** Runs a hook when it is its account's turn. */
  abstract run(executable: Executable, input: HookInput, limits: RunLimits, way: Way, turn?: Turn): Promise<RunResult>;
  /** The bot is gone: what waits for it never starts, and what was kept for it goes. */
  abstract forget(bot: BotKey): void;
  /** Stops everything. What runs or waits ends as killed. */
  abstract close(): Promise<void>;
}

export type BotKey = Pick<HookInput, 'channel_id' | 'bot_id'>;

/** There was no thread or container for the hook: it has not run, and can be asked for again. */
export const NO_PLACE: ReadonlySet<RunError['code']> = new Set(['SANDBOX_UNAVAILABLE', 'QUEUE_FULL']);

/** A run that did not happen, or of which nothing is known. */
export const notRun = (code: RunError['code'], detail: string, ms = 0): RunResult => ({
  outcome: 'killed',
  error: { code, detail },
  effects: [],
  logs: [],
  ms: Math.round(ms),
});
