import { describe, expect, test } from '@jest/globals';
import { OutputBudget } from './output-budget.js';

describe('What a bot may write', () => {
  test('is bounded within a minute, and for each bot alone', () => {
    const budget = new OutputBudget();

    expect(budget.spend('a', 8_000_000, 0)).toBe(true);
    expect(budget.spend('a', 1, 59_999)).toBe(false);
    expect(budget.spend('b', 1, 59_999)).toBe(true);
  });

  test('is whole again after a minute', () => {
    const budget = new OutputBudget();
    budget.spend('a', 8_000_000, 0);

    expect(budget.spend('a', 8_000_000, 60_000)).toBe(true);
  });
});
