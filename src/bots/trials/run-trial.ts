import {
  DEFAULT_LIMITS,
  type FoundHooks,
  type HookInput,
  type JsonObject,
  type Manifest,
  type RunError,
  type RunResult,
} from '../../../bot-sdk/contract.js';
import { PLACEHOLDER_PLAYERS, trialInput } from '../../../bot-sdk/trial.js';
import { type NetworkAccess, type RunPriority, UNAVAILABLE_CODES } from '../../runtime/runner.js';
import { wasStopped } from '../../runtime/stopped-run.js';
import type { GenuineCode } from '../code/executables.js';

/** A bot as it would run. */
export interface BotToTry {
  readonly code: Pick<GenuineCode, 'runner' | 'executable' | 'bundleHash'>;
  readonly manifest: Manifest;
  readonly params: JsonObject;
}

/**
 * The result of a trial. `unclear`: it failed because it needs the network or secrets, which a trial does not have.
 * `no_place`: no sandbox was free in time, so the bot was not tried.
 */
export type Trial =
  | { readonly outcome: 'found'; readonly found: FoundHooks }
  | { readonly outcome: 'failed'; readonly error: RunError; readonly isStopped: boolean }
  | { readonly outcome: 'unclear' | 'no_place' };

/**
 * Constructs a bot in the place where it will run. `isStopped`: a limit ended it, which a busy machine may have caused.
 */
export async function runTrial(bot: BotToTry, turn: RunPriority): Promise<Trial> {
  const network = new TrialWay(bot.manifest.permissions.network.length > 0);
  const { result, isStopped } = await resultOf(bot, network, turn);
  const { error, found } = result;
  if (found) return { outcome: 'found', found };
  if (!error || UNAVAILABLE_CODES.has(error.code)) return { outcome: 'no_place' };
  if (network.wasAsked || bot.manifest.needs_env.length > 0) return { outcome: 'unclear' };
  return { outcome: 'failed', error, isStopped };
}

/**
 * Repeats a trial once if it was stopped, as for a hook, or if the bot may have failed because the list of players was
 * empty.
 */
async function resultOf(
  bot: BotToTry,
  network: NetworkAccess,
  turn: RunPriority,
): Promise<{ result: RunResult; isStopped: boolean }> {
  const input = inputOf(bot);
  const first = await run(bot, input, network, turn);
  const isStopped = wasStopped(first.error);
  if (first.error?.code !== 'BOT_THREW' && !isStopped) return { result: first, isStopped };
  const second = await run(bot, isStopped ? input : { ...input, players: PLACEHOLDER_PLAYERS }, network, turn);
  return { result: isStopped || second.found ? second : first, isStopped: isStopped && wasStopped(second.error) };
}

const run = (
  { code, manifest }: BotToTry,
  input: HookInput,
  network: NetworkAccess,
  turn: RunPriority,
): Promise<RunResult> =>
  code.runner.tryOut(code.executable, input, { ...DEFAULT_LIMITS, ...manifest.limits }, network, turn);

const inputOf = ({ code, manifest, params }: BotToTry): HookInput =>
  trialInput({ bundleHash: code.bundleHash, params, needsEnv: manifest.needs_env });

class TrialWay implements NetworkAccess {
  wasAsked = false;

  constructor(readonly isOpen: boolean) {}

  ask: NetworkAccess['ask'] = async () => {
    this.wasAsked = true;
    return { kind: 'failed', code: 'UNREACHABLE', detail: 'there is no network in a trial' };
  };

  async tunnel(): Promise<never> {
    this.wasAsked = true;
    throw new Error('there is no network in a trial');
  }
}
