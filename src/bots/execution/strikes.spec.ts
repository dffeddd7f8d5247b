import { expect, test } from '@jest/globals';
import type { Outcome } from '../../../bot-sdk/contract.js';
import { isLate, strikesAfter } from './strikes.js';

const after = (...outcomes: Outcome[]) => outcomes.reduce(strikesAfter, 0);
const times = (count: number, outcome: Outcome): Outcome[] => Array(count).fill(outcome);

test('A bot is late after three timeouts in a row, and not after two', () => {
  expect([2, 3].map((count) => isLate(after(...times(count, 'timed_out'))))).toEqual([false, true]);
});

test('Six runs without a timeout end that; one timeout after that makes the bot late again', () => {
  const late = times(20, 'timed_out');

  expect(isLate(after(...late, ...times(5, 'ok')))).toBe(true);
  expect(isLate(after(...late, ...times(3, 'ok'), ...times(3, 'threw')))).toBe(false);
  expect(isLate(after(...late, ...times(6, 'ok'), 'timed_out'))).toBe(true);
});

test('Occasional timeouts do not make a bot late', () => {
  const now: Outcome[] = Array(20).fill(['timed_out', 'ok', 'ok']).flat();
  expect(isLate(after(...now))).toBe(false);
});
