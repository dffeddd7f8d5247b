import type { RunError, RunResult } from '../../bot-sdk/contract.js';

/** What the server refuses does not follow from the code alone, so it is a recorded fact and no replay reproduces it. */
export const refusedRun = ({ ms, logs, drew }: RunResult, error: RunError): RunResult => ({
  outcome: 'killed',
  error,
  effects: [],
  logs,
  ms,
  ...(drew && { drew }),
});
