import { expect, test } from '@jest/globals';
import { isReserved, readAccountName } from './account-name.js';

test.each([
  ['Alice', 'Alice', 'alice'],
  ['  Ann   Lee_2-b ', 'Ann Lee_2-b', 'ann lee_2-b'],
  ['x'.repeat(24), 'x'.repeat(24), 'x'.repeat(24)],
])('%j is shown as %j and signs in as %j', (given, shown, login) => {
  expect(readAccountName(given)).toEqual({ shown, login });
});

test.each(['', 'a', ' ', 'Zoë', 'x'.repeat(25), '<b>x</b>', 'a\nb', 'аdmin'])('%j is not a valid name', (given) => {
  expect(readAccountName(given)).toBeUndefined();
});

test.each([
  ['System', true, true],
  ['admin', false, true],
  ['Admin', true, false],
  ['alice', false, false],
])('%s, with staff rights %s, is reserved: %s', (name, isOfStaff, expected) => {
  expect(isReserved(readAccountName(name)!, isOfStaff)).toBe(expected);
});
