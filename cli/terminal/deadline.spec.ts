import { describe, expect, test } from '@jest/globals';
import { clockTime, deadlineOf, timeLeft } from './deadline.js';

const NOW = new Date(2026, 10, 28, 14, 3, 20);
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

describe('The deadline of a turn', () => {
  test.each<[string, unknown, Date | undefined]>([
    ['an ISO time', '2026-11-28T12:00:00.000Z', new Date('2026-11-28T12:00:00.000Z')],
    ['milliseconds', 1_000, new Date(1_000)],
    ['no time', 'soon', undefined],
    ['nothing', undefined, undefined],
    ['an object', { valueOf: 'x' }, undefined],
  ])('is read: %s', (_, value, date) => {
    expect(deadlineOf(value)).toEqual(date);
  });

  test.each<[number, string, string]>([
    [0, '14:03:20', '0 seconds left'],
    [1, '14:03:21', '1 second left'],
    [28, '14:03:48', '28 seconds left'],
    [600, '14:13:20', '10 minutes left'],
    [3 * 3_600, '17:03:20', '3 hours left'],
    [86_400, '2026-11-29 14:03:20', '24 hours left'],
    [-1, '14:03:19', 'no time left'],
  ])('%d seconds from now is written as a clock time and a duration', (seconds, clock, left) => {
    expect([clockTime(later(seconds), NOW), timeLeft(later(seconds), NOW)]).toEqual([clock, left]);
  });
});
