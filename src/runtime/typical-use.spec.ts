import { expect, test } from '@jest/globals';
import { TypicalUse } from './typical-use.js';

test('The typical use of an account is known after its first hook, and follows the latest hooks', () => {
  const use = new TypicalUse();
  const within = () => use.isWithin('a', 25);

  expect(within()).toBe(false);
  use.add('a', 5);
  expect(within()).toBe(true);
  use.add('a', 100);
  expect(within()).toBe(false);
  use.add('a', 5);
  expect(within()).toBe(true);
  expect(use.isWithin('b', 25)).toBe(false);
});

test('The number of accounts is limited, and the one without hooks for the longest time is forgotten', () => {
  const use = new TypicalUse(2);

  for (const account of ['a', 'b', 'a', 'c']) use.add(account, 5);

  expect(['a', 'b', 'c'].map((account) => use.isWithin(account, 25))).toEqual([true, false, true]);
});
