import type { Outcome } from '../../../bot-sdk/contract.js';

const STRIKES_PER_TIME_OUT = 2;
/**
 * A bot becomes late when its strikes reach this number (three time-outs in a row). It stays late until they are back
 * at it.
 */
const LATE_THRESHOLD = 6;
/** The strikes that a bot gets when it becomes late: six runs without a time-out lead back to the threshold. */
const STRIKES_WHEN_LATE = 12;

/**
 * The strikes of a bot after a run. A bot that times out repeatedly is late: its hooks come after those of other bots.
 * They still run, because it may be an honest bot that one member keeps busy. Each run without a time-out removes a
 * strike.
 */
export function strikesAfter(strikes: number, outcome: Outcome): number {
  if (outcome !== 'timed_out') return Math.max(0, strikes - 1);
  return strikes + STRIKES_PER_TIME_OUT >= LATE_THRESHOLD ? STRIKES_WHEN_LATE : strikes + STRIKES_PER_TIME_OUT;
}

/** Whether a bot with this many strikes is late. */
export const isLate = (strikes: number): boolean => strikes > LATE_THRESHOLD;
