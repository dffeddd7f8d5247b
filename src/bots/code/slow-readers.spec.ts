import { expect, test } from '@jest/globals';
import { SlowReaders } from './slow-readers.js';

const MINUTE_MS = 60_000;

test('An account with five slow sources is refused until the oldest is forgotten', () => {
  const readers = new SlowReaders();
  for (const minute of [0, 1, 2, 3]) readers.tookTooLong('mallory', minute * MINUTE_MS);
  readers.assertMayRead('mallory', 4 * MINUTE_MS);
  readers.tookTooLong('mallory', 4 * MINUTE_MS);

  expect(() => readers.assertMayRead('mallory', 5 * MINUTE_MS)).toThrow(
    expect.objectContaining({ code: 'RATE_LIMIT', facts: { policy: 'code-readings', retry_after_ms: 5 * MINUTE_MS } }),
  );
  readers.assertMayRead('mallory', 10 * MINUTE_MS);
});

test('A timeout counts only for its own account, and is forgotten after ten minutes', () => {
  const readers = new SlowReaders();
  readers.tookTooLong('mallory', 0);

  expect(readers.has('alice', 0)).toBe(false);
  expect([readers.has('mallory', 10 * MINUTE_MS - 1), readers.has('mallory', 10 * MINUTE_MS)]).toEqual([true, false]);
});
