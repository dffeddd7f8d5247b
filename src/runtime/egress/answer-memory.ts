import type { WebRequest } from '../../../bot-sdk/web.js';
import type { Exchange } from './fetch-records.js';

/**
 * What a run was told by the network so far. A run that is repeated, after it failed or the server crashed, is told the same
 * again: nobody gets a second answer (design "Play", 5).
 */
export interface AnswerMemory {
  /** The answer that the `n`th request, counted from 0, got before; undefined where it is another request, or none. */
  recall(n: number, request: WebRequest): Exchange | undefined;
  /** Resolves once the answer would be recalled. Only then is the bot given it. */
  keep(n: number, exchange: Exchange): Promise<void>;
}

/** For a run that is never repeated. */
export const NO_MEMORY: AnswerMemory = { recall: () => undefined, keep: async () => {} };
