import type { RunResult } from '../../../bot-sdk/contract.js';
import type { FetchRecord, NetworkExchange } from '../../runtime/egress/fetch-records.js';
import type { RunNetwork } from '../../runtime/egress/run-network.js';
import { wasStopped } from '../../runtime/stopped-run.js';
import { NO_MASK, type Secrets } from '../secrets/bot-secrets.service.js';
import { maskedExchange, maskedRun } from '../secrets/masked-run.js';
import type { SecretMask } from '../secrets/secret-mask.js';
import { opsAskedFor } from './channel-changes.js';
import { bytesOfExchanges } from './network-exchanges.js';

/** The result of a hook and its exchanges with the network. Its effects are not committed yet. */
export interface ExecutedHook {
  /** The result including secrets. Limits and rules are checked against it, so that no refusal depends on masking. */
  readonly ran: RunResult;
  /** The same with the secrets of the bot masked: only this is stored and shown. */
  readonly result: RunResult;
  readonly mask: SecretMask;
  /** The number of bytes that it wrote. */
  readonly bytes: number;
  readonly exchanges: readonly NetworkExchange[];
  readonly fetches: readonly FetchRecord[];
  /** The commitment to the secrets of the bot; undefined if it has none. */
  readonly envCommitment?: string;
}

/** Collects the result of a hook, with the secrets masked in everything that leaves it. */
export function executedHookOf(result: RunResult, network: RunNetwork, secrets: Secrets): ExecutedHook {
  const { mask, commitment: envCommitment } = secrets;
  const exchanges = network.exchanges.map((exchange) => maskedExchange(exchange, mask));
  const fetches = network.records(exchanges);
  const bytes = bytesWritten(result, network.exchanges);
  return { ran: result, result: maskedRun(result, mask), mask, bytes, exchanges, fetches, envCommitment };
}

/** The result of a run that ended before it could use the network. */
export const withoutNetwork = (result: RunResult): ExecutedHook => ({
  ran: result,
  result,
  mask: NO_MASK,
  bytes: 0,
  exchanges: [],
  fetches: [],
});

/** Whether the hook may have drawn. For a run that was stopped from outside this is unknown, so it counts as yes. */
export const mayHaveDrawn = ({ drew, error }: RunResult) => drew === true || wasStopped(error);

/** Whether the hook may have drawn, or has used the network. */
export const hasDrawnOrAsked = ({ result, fetches }: ExecutedHook) => mayHaveDrawn(result) || fetches.length > 0;

/** Whether the hook could know more than the log. */
export const mayKnowMoreThanLog = ({ fetches, envCommitment }: ExecutedHook) =>
  fetches.length > 0 || envCommitment !== undefined;

/** The bytes that a change of the channel counts, so that a bot can make only a limited number. */
const OP_COSTS = 100_000;

function bytesWritten({ effects, state, logs }: RunResult, exchanges: readonly NetworkExchange[]): number {
  const effectsLength = effects.length || state ? JSON.stringify([effects, state?.value]).length : 0;
  return effectsLength + bytesOfExchanges(exchanges) + logs.join().length + opsAskedFor(effects).length * OP_COSTS;
}
