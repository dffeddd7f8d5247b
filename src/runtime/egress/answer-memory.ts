import type { WebRequest } from '../../../bot-sdk/web.js';
import type { NetworkExchange } from './fetch-records.js';

/**
 * The answers that a run has received from the network so far. A run that is repeated, because it failed or the server
 * crashed, gets the same answers again, so that nobody can get a second answer (docs/fair-play.md).
 */
export interface AnswerMemory {
  /** The stored answer to the `n`th request, counted from 0; undefined if there is none or the request differs. */
  recall(n: number, request: WebRequest): NetworkExchange | undefined;
  /** Stores an answer. The bot receives the answer only after this resolves. */
  keep(n: number, exchange: NetworkExchange): Promise<void>;
}

/** For a run that is never repeated. */
export const NO_MEMORY: AnswerMemory = { recall: () => undefined, keep: async () => {} };
