import type { Outcome } from '../../bot-sdk/contract.js';

const A_TIME_OUT = 2;
/** Three time-outs in a row. */
const TOO_MANY = 6;
/** From here six runs that end in time lead back. */
const LATE = 12;

/**
 * The strikes of a bot after a run. A bot that times out again and again is late: its hooks come after those of others, never
 * not at all, because it may be an honest bot that a member's message keeps busy. Runs that end in time make good for it.
 */
export function strikesAfter(strikes: number, outcome: Outcome): number {
  if (outcome !== 'timed_out') return Math.max(0, strikes - 1);
  return strikes + A_TIME_OUT >= TOO_MANY ? LATE : strikes + A_TIME_OUT;
}

/** Whether a bot with so many strikes has lost its place among those that keep to their time. */
export const isLate = (strikes: number): boolean => strikes > TOO_MANY;
