import type { RunError, RunResult } from './contract.js';
import type { Ledger } from './ledger.js';
import type { Failure } from './realm-host.js';

export const TOO_LONG: Failure = { code: 'TIMEOUT', text: 'the hook took too long' };

/** What came of a run. A run that failed leaves nothing but its logs; `allowed` is told to who imported something else. */
export function resultOf(
  ledger: Ledger,
  failure: Failure | undefined,
  ms: number,
  allowed: readonly string[],
  hasDrawn: boolean,
): RunResult {
  const { effects, logs, version, state, isSaved } = ledger;
  const told = { logs, ms: Math.round(ms), ...(hasDrawn && { drew: true as const }) };
  if (failure) return { outcome: outcomeOf(failure), error: errorOf(failure, allowed), effects: [], ...told };
  return { outcome: 'ok', effects, ...(isSaved ? { state: { value: state, version } } : {}), ...told };
}

function outcomeOf({ code }: Failure) {
  if (code === 'TIMEOUT') return 'timed_out';
  return code === 'MEMORY_LIMIT' || code === 'STACK_OVERFLOW' || code === 'RUNNER_CRASHED' ? 'killed' : 'threw';
}

function errorOf({ code, text, module }: Failure, allowed: readonly string[]): RunError {
  return {
    code,
    detail: text.slice(0, 500).replace(/\p{Surrogate}/gu, '\ufffd'),
    ...(module === undefined ? {} : { module, allowed: [...allowed] }),
  };
}
