import type { RunError, RunResult } from '../../../bot-sdk/contract.js';

/**
 * The result of a run whose effects the server refuses. The reason does not follow from the code alone, so it is
 * recorded, and a replay does not reproduce it.
 */
export const refusedRun = ({ ms, logs, drew }: RunResult, error: RunError): RunResult => ({
  outcome: 'killed',
  error,
  effects: [],
  logs,
  ms,
  ...(drew && { drew }),
});
