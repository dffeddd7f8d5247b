import { expect, test } from '@jest/globals';
import { OutputBudget } from './output-budget.js';

test('What a bot may write is bounded within a minute, for each who makes it write', () => {
  const budget = new OutputBudget();
  budget.spend('a', 7_999_999, 0);

  expect(budget.hasRoom('a', 59_999)).toBe(true);
  budget.spend('a', 500_000, 59_999);
  expect(budget.hasRoom('a', 59_999)).toBe(false);
  expect(budget.hasRoom('b', 59_999)).toBe(true);
});

test('It is whole again after a minute', () => {
  const budget = new OutputBudget();
  budget.spend('a', 8_000_000, 0);

  expect(budget.hasRoom('a', 60_000)).toBe(true);
});
