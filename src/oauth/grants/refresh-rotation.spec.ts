import { expect, test } from '@jest/globals';
import { GRACE_MS, isRepeat } from './refresh-rotation.js';

const used = { generation: 3, rotatedAt: 1_000 };

test('a second use within the grace window is a repeat', () => {
  expect(isRepeat(used, 3, 1_000)).toBe(true);
  expect(isRepeat(used, 3, 1_000 + GRACE_MS)).toBe(true);
});

test('a second use after the grace window is reuse', () => {
  expect(isRepeat(used, 3, 1_001 + GRACE_MS)).toBe(false);
});

test('a second use is reuse at once when a successor was used', () => {
  expect(isRepeat(used, 4, 1_001)).toBe(false);
});
