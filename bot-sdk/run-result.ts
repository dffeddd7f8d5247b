import type { RunError, RunResult } from './contract.js';
import type { Ledger } from './ledger.js';
import type { RealmFailure } from './realm-host.js';

/**
 * Builds the result of a run. A failed run keeps only its logs; `allowed` is listed in the error for a refused import.
 */
export function resultOf(
  ledger: Ledger,
  failure: RealmFailure | undefined,
  ms: number,
  allowed: readonly string[],
  hasDrawn: boolean,
): RunResult {
  const { effects, logs, version, state, isSaved } = ledger;
  const common = { logs, ms: Math.round(ms), ...(hasDrawn && { drew: true as const }) };
  if (failure) return { outcome: outcomeOf(failure), error: errorOf(failure, allowed), effects: [], ...common };
  return { outcome: 'ok', effects, ...(isSaved ? { state: { value: state, version } } : {}), ...common };
}

function outcomeOf({ code }: RealmFailure) {
  if (code === 'TIMEOUT') return 'timed_out';
  return code === 'MEMORY_LIMIT' || code === 'STACK_OVERFLOW' || code === 'RUNNER_CRASHED' ? 'killed' : 'threw';
}

function errorOf({ code, text, module }: RealmFailure, allowed: readonly string[]): RunError {
  return {
    code,
    detail: text.slice(0, 500).toWellFormed(),
    ...(module === undefined ? {} : { module, allowed: [...allowed] }),
  };
}
