import { FirstOf } from '../kernel/first-of.js';
import type { Asking } from './asking.js';

export interface Exchange {
  readonly asking: Asking;
  /** The parsed body; undefined where there is none that could be parsed. */
  readonly body: unknown;
  /** Fires when the answer is out, or when the client has gone without it. */
  readonly closed: AbortSignal;
}

/** The longest a timer can be set to. */
const MOST_MS = 2_147_483_647;

/** Fires when a stream must end: the client is gone, its grant has ended, or its token is past its time. */
export function endOf({ closed, asking: { caller } }: Exchange): AbortSignal {
  const remaining = Math.max(0, (caller.expiresAt ?? Number.POSITIVE_INFINITY) - Date.now());
  const over = new FirstOf([closed, caller.ended], Math.min(remaining, MOST_MS));
  over.signal.addEventListener('abort', () => over[Symbol.dispose]());
  return over.signal;
}
