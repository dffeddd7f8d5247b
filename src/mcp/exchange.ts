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
  const expired = AbortSignal.timeout(Math.min(remaining, MOST_MS));
  return AbortSignal.any([closed, expired, ...(caller.ended ? [caller.ended] : [])]);
}
