import { expect, test } from '@jest/globals';
import { OutputBudget } from './output-budget.js';

test('The output of a bot per minute is limited, separately for each member who causes it', () => {
  const budget = new OutputBudget();
  budget.spend('a', 7_999_999, 0);

  expect(budget.hasRoom('a', 59_999)).toBe(true);
  budget.spend('a', 500_000, 59_999);
  expect(budget.hasRoom('a', 59_999)).toBe(false);
  expect(budget.hasRoom('b', 59_999)).toBe(true);
});

test('The budget is complete again after a minute', () => {
  const budget = new OutputBudget();
  budget.spend('a', 8_000_000, 0);

  expect(budget.hasRoom('a', 60_000)).toBe(true);
});

test('The budget is a small part of that while the disk is nearly full', () => {
  const budget = new OutputBudget();
  budget.spend('a', 500_000, 0);

  expect([budget.hasRoom('a', 0, true), budget.hasRoom('a', 0)]).toEqual([false, true]);
});
