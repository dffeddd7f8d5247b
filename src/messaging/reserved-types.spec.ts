import { expect, test } from '@jest/globals';
import { lookAlikes, visibleEnd } from '../kernel/skeleton.js';
import { isReservedForBots, isReservedForMembers } from './reserved-types.js';

const MANY = 60_000;

const isPair = lookAlikes(['pair']);

test.each<[string, string]>([
  ['letters of another script', 'ж'.repeat(MANY)],
  ['letters that fall into two', 'й'.repeat(MANY)],
  ['letters that fall into eighteen', '\ufdfa'.repeat(MANY)],
  ['letters in two units', '\u{1d400}'.repeat(MANY / 2)],
  ['marks of several classes', `a${'\u0301\u0323'.repeat(MANY / 2)}b`.repeat(2)],
  ['what is not seen', '\u200b'.repeat(MANY)],
  ['what nothing is seen of once it has fallen into parts', '\u00a8'.repeat(MANY)],
])('A text of many %s costs at most linear time', (_, text) => {
  const normalised = lengthsNormalised(() => {
    isReservedForMembers(text);
    isReservedForBots(text);
    isPair(text);
  });

  // Long sequences of marks are slow to normalize, so the code must never normalize one.
  expect(Math.max(0, ...normalised.map(({ marks }) => marks))).toBeLessThan(100);
  expect(Math.max(0, ...normalised.map(({ length }) => length))).toBeLessThanOrEqual(5_000);
  expect(normalised.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(10 * MANY);
});

test.each<[string, string]>([
  ['much that is not seen before it', `${'\u200b'.repeat(MANY)}pair`],
  ['much that is not seen within it', `pa${'\u0301\u0323\u3164'.repeat(10_000)}ir`],
  ['much that is not seen behind it', `pair${'\u{e0100}'.repeat(10_000)}`],
  ['a character across the place at which it is cut', `${'\u200b'.repeat(255)}\u{1d429}air`],
  ['characters that fall into what is not seen', `pa${'\u00a8'.repeat(MANY)}ir`],
])('A word is recognised with %s', (_, text) => {
  expect(isPair(text)).toBe('pair');
});

test.each<[string, string]>([
  ['a long beginning', `${'ж'.repeat(MANY)}_applied`],
  ['much within it that is not seen', `close_app${'\u200b\u3164'.repeat(10_000)}lied`],
  ['much behind it that is not seen', `close_applied${'\u0301\u0323'.repeat(10_000)}`],
  ['letters of two units', `close_${[...'applied'].map((letter) => bold(letter)).join('')}`],
  ['a letter across the place at which it is cut', `x${'_applie'}${bold('d')}${'\u200b'.repeat(255)}`],
])('A type that ends like the announcement of an op is recognised with %s', (_, type) => {
  expect([isReservedForMembers(type), isReservedForBots(type)]).toEqual([true, true]);
});

test('A long text of letters is not a reserved word, and its visible end is compared', () => {
  expect(isPair('pair'.repeat(MANY))).toBeUndefined();
  expect(visibleEnd(`${'a'.repeat(MANY)}end`, 3).endsWith('end')).toBe(true);
  expect(visibleEnd(`${'a'.repeat(MANY)}end`, 3).length).toBeLessThan(1_000);
});

function bold(letter: string) {
  return String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 0x61);
}

/** The lengths of the texts that `work` normalizes, and how many marks they contain. */
function lengthsNormalised(work: () => void): { length: number; marks: number }[] {
  const { normalize } = String.prototype;
  const found: { length: number; marks: number }[] = [];
  String.prototype.normalize = function (this: string, form?: string) {
    found.push({ length: this.length, marks: this.match(/\p{M}/gu)?.length ?? 0 });
    return normalize.call(this, form as 'NFKD');
  };
  try {
    work();
  } finally {
    String.prototype.normalize = normalize;
  }
  return found;
}

test.each<[string, unknown]>([
  ['a list of it', ['bot:reveal']],
  ['a list in a list', [['round:void']]],
  ['a list of what looks like it', ['BOT:REVEAL ']],
])('%s counts as a reserved type, as in comparisons of some programs', (_, type) => {
  expect([isReservedForMembers(type), isReservedForBots(type)]).toEqual([true, true]);
});

test.each<[string, unknown]>([
  ['a list of another word', ['guess']],
  ['a list of two', ['bot:reveal', 'guess']],
  ['an empty list', []],
  ['a number', 7],
])('%s is not a reserved type', (_, type) => {
  expect([isReservedForMembers(type), isReservedForBots(type)]).toEqual([false, false]);
});
