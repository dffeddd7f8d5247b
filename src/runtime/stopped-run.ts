import type { BotErrorCode, RunError } from '../../bot-sdk/contract.js';

/**
 * Whether a run ended by a limit or with its process. The machine may be the cause, so such a run is repeated once. A
 * run that threw would throw again, because its input is the same.
 */
export const wasStopped = (error: RunError | undefined) => error !== undefined && STOPPED.has(error.code);
const STOPPED = new Set<BotErrorCode>(['TIMEOUT', 'MEMORY_LIMIT', 'STACK_OVERFLOW', 'RUNNER_CRASHED']);
