import { expect, test } from '@jest/globals';
import { MemoryCounters } from './counters.js';

test('The number of counted keys is limited, and the oldest is forgotten first', async () => {
  const counter = new MemoryCounters(100).of('address', 5, 3_600);

  for (let i = 0; i < 10_000; i++) await counter.consume(`198.51.${i >> 8}.${i & 255}`);

  expect(counter.size).toBe(100);
  expect(await counter.get('198.51.0.0')).toBeNull();
  expect((await counter.get('198.51.39.15'))?.consumedPoints).toBe(1);
});

test('Above the limit the counter rejects with its count', async () => {
  const counter = new MemoryCounters(100).of('address', 2, 3_600);
  await counter.consume('a', 2);

  await expect(counter.consume('a')).rejects.toMatchObject({ consumedPoints: 3, remainingPoints: 0 });
  expect((await counter.consume('b')).remainingPoints).toBe(1);
});
